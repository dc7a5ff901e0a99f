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
        if (chain is { IsEmpty: false } hops)
        {
            problems.Add($"{Name}: the chain ends in {hops[^1].Name}, which cannot carry datagrams in this version; "
                + "remove the chain, or put the UDP forward into a route without one");
        }
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay) => new LocalUdpForward(
        CreateForward(),
        Options,
        CreateTargets(Options.Selection, chain),
        chain.Context.Network.DatagramDialer,
        chain.Context);
}
