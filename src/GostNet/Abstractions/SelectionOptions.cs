namespace GostNet;

/// <summary>How one node out of a group is chosen, and when a node is left out.</summary>
/// <remarks>
/// A node that failed <see cref="MaxFails"/> times in a row is dead for <see cref="FailTimeout"/> after its last failure. Then one
/// attempt tries it: if that succeeds the node is healthy again and its failures are forgotten, else it is dead for another
/// <see cref="FailTimeout"/>. Failures do not age otherwise. If every node is dead, the one that failed longest ago is tried. A group of
/// one is always tried.
/// </remarks>
public sealed record SelectionOptions
{
    /// <summary>How to choose.</summary>
    /// <value><see cref="SelectionStrategy.RoundRobin"/> by default, as in GOST.</value>
    public SelectionStrategy Strategy { get; set; } = SelectionStrategy.RoundRobin;

    /// <summary>Chooses in place of <see cref="Strategy"/>.</summary>
    /// <value><see langword="null"/> by default. An instance belongs to one group, so give each forward and hop its own.</value>
    public INodeSelector? Selector { get; set; }

    /// <summary>How many consecutive failures make a node dead.</summary>
    /// <value>1 by default, as in GOST. A negative number: nodes never die. 0 is not allowed.</value>
    public int MaxFails { get; set; } = 1;

    /// <summary>How long a dead node is left out.</summary>
    /// <value>30 seconds by default, as in GOST. Must be positive.</value>
    public TimeSpan FailTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
