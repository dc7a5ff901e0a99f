using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Relaying;

namespace GostNet.Building;

/// <summary>A local TCP forward as it was asked for.</summary>
internal sealed record LocalTcpDefinition(HostEndPoint Listen, ImmutableArray<Node> Targets, LocalTcpOptions Options)
    : ForwardDefinition(ForwardKind.LocalTcp, "tcp", Listen, Targets)
{
    protected override string? GivenName => Options.Name;

    public override void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        base.Check(chain, problems);
        Options.Check(Name, problems);
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay) => new StreamForward(
        CreateForward(),
        stop => chain.Context.Network.ListenAsync(Listen, stop),
        new FixedTargetHandler(CreateTargets(Options.Selection, Options.Attempts, chain), chain.CreateDialer(Options.DialTimeout)),
        new StreamLimits(Options.MaxConnections, Options.IdleTimeout, Options.HalfOpenTimeout),
        relay,
        chain.Context);
}
