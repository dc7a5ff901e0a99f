using System.Collections.Immutable;
using GostNet.Forwarding;
using GostNet.Relaying;
using GostNet.Selection;

namespace GostNet.Building;

/// <summary>A forward as it was asked for, in readable form.</summary>
internal abstract record ForwardDefinition(ForwardKind Kind, string Scheme, HostEndPoint Listen, ImmutableArray<Node> Targets)
{
    // A chain that takes no notice of the target still wants one to be passed along (gost-nodes, section 2.6).
    private static readonly Node NoTarget = new(new HostEndPoint("", 0), "(the chain's own target)");

    /// <summary>What the user called it, if anything.</summary>
    protected abstract string? GivenName { get; }

    public string Name => GivenName ?? $"{Scheme}://{Listen}{(Targets.IsEmpty ? "" : $"/{string.Join(',', Targets)}")}";

    /// <summary>Reports what is wrong, taken by itself and together with the chain.</summary>
    /// <param name="chain">The hops, or <see langword="null"/> if what they can carry is not known, because one cannot be read.</param>
    /// <param name="problems">Takes the report.</param>
    public virtual void Check(ImmutableArray<HopDefinition>? chain, BuildProblems problems)
    {
        if (Targets.IsEmpty && chain is { } hops && !(hops.Length > 0 && hops[^1].IgnoresTarget))
        {
            problems.Add($"{Name}: there is no target; write one, or end the chain with a node that has its own (forward://host:port)");
        }
    }

    public abstract ForwardRunner CreateRunner(ChainFactory chain, IStreamRelay relay);

    protected TargetGroup CreateTargets(SelectionOptions options, int attempts, ChainFactory chain)
    {
        NodeSet<HostEndPoint> set = new([.. (Targets.IsEmpty ? [NoTarget] : Targets).Select(n => (n, n.Address))], options);
        return new(new NodeGroup<HostEndPoint>(set, chain.Context.Time, chain.Logger), attempts, chain.Context);
    }

    protected Forward CreateForward() => new(Kind, Name, Listen, Targets);
}
