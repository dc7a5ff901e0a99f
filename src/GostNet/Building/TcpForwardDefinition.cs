using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Relaying;

namespace GostNet.Building;

/// <summary>A local or remote TCP forward as it was asked for.</summary>
internal sealed record TcpForwardDefinition(
    ForwardKind Kind, HostEndPoint Listen, ImmutableArray<Node> Targets, TcpForwardOptions Options)
    : ForwardDefinition(Kind, Listen, Targets)
{
    protected override string? GivenName => Options.Name;

    protected override string Scheme => Transport.Stack.Layers.IsEmpty ? base.Scheme : Transport.ToString();

    protected override ServerTransport Transport => (Options as LocalTcpOptions)?.Transport ?? ServerTransport.Tcp;

    public override void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        base.Check(chain, problems);
        Options.Check(Name, problems);
        Check(Transport, isAsked: false, Name, problems);
        if (IsRemote)
        {
            CheckFarEnd(chain, "listen for connections", h => h.CanBind, problems);
        }
    }

    public override ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay)
    {
        (INetwork listen, INetwork dial) = CreateNetworks(Options.DialTimeout, chain);
        return new StreamForward(
            CreateForward(),
            CreateBinding(listen, chain.Context),
            new FixedTargetHandler(CreateTargets(Options.Selection, Options.Attempts, chain), dial.Dialer),
            new StreamLimits(Options.MaxConnections, Options.IdleTimeout, Options.HalfOpenTimeout),
            relay,
            chain.Context);
    }
}
