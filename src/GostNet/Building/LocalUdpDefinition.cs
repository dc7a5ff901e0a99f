using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Relaying;

namespace GostNet.Building;

/// <summary>A local UDP forward as it was asked for.</summary>
internal sealed record LocalUdpDefinition(HostEndPoint Listen, ImmutableArray<Node> Targets, LocalUdpOptions Options)
    : ForwardDefinition(ForwardKind.LocalUdp, "udp", Listen, Targets)
{
    protected override string? GivenName => Options.Name;

    public override void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        base.Check(chain, problems);
        Options.Check(Name, problems);
        if (chain is { IsEmpty: false } hops && !hops[^1].CarriesDatagrams)
        {
            problems.Add($"{Name}: the chain ends in {hops[^1].Name}, which cannot carry datagrams; "
                + "end it with a SOCKS5 proxy, or put the UDP forward into a route without a chain");
        }
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay) => new DatagramForward(
        CreateForward(),
        stop => chain.Context.Network.ListenDatagramsAsync(Listen, stop),
        CreateTargets(Options.Selection, Options.Attempts, chain),
        chain.CreateNetwork(Options.DialTimeout).DatagramDialer,
        Options.DialTimeout,
        new DatagramRelayOptions
        {
            IdleTimeout = Options.FlowTimeout,
            MaxFlows = Options.MaxFlows,
            Backlog = Options.Backlog,
            QueueLength = Options.QueueLength,
        },
        chain.Context);
}
