using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Relaying;

namespace GostNet.Building;

/// <summary>A local or remote UDP forward as it was asked for.</summary>
internal sealed record UdpForwardDefinition(
    ForwardKind Kind, HostEndPoint Listen, ImmutableArray<Node> Targets, UdpForwardOptions Options)
    : ForwardDefinition(Kind, Listen, Targets)
{
    protected override string? GivenName => Options.Name;

    public override void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        base.Check(chain, problems);
        Options.Check(Name, problems);
        if (IsRemote)
        {
            CheckFarEnd(chain, "listen for datagrams", h => h.ListensForDatagrams, problems);
        }
        else if (chain is { IsEmpty: false } hops && !hops[^1].CarriesDatagrams)
        {
            problems.Add($"{Name}: the chain ends in {hops[^1].Name}, which cannot carry datagrams; "
                + "end it with a SOCKS5 proxy, or put the UDP forward into a route without a chain");
        }
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay)
    {
        (INetwork listen, INetwork dial) = CreateNetworks(Options.DialTimeout, chain);
        return new DatagramForward(
            CreateForward(),
            new Binding<IDatagramListener>(stop => listen.ListenDatagramsAsync(Listen, stop), IsRemote),
            new FixedDatagramTargetHandler(CreateTargets(Options.Selection, Options.Attempts, chain), dial.DatagramDialer),
            new DatagramRelayOptions
            {
                IdleTimeout = Options.FlowTimeout,
                MaxFlows = Options.MaxFlows,
                Backlog = Options.Backlog,
                QueueLength = Options.QueueLength,
            },
            chain.Context);
    }
}
