namespace GostNet;

/// <summary>Chooses one node out of a group.</summary>
/// <remarks>An instance belongs to one group, and may be called from several threads at once.</remarks>
public interface INodeSelector
{
    /// <summary>Chooses a node.</summary>
    /// <param name="candidates">The nodes that may be used now, in the order they were given; those with too many failures are left
    /// out already. Never empty.</param>
    /// <returns>One of <paramref name="candidates"/>, or <see langword="null"/> to use none.</returns>
    Node? SelectNode(IReadOnlyList<Node> candidates);
}
