namespace GostNet.Selection;

/// <summary>Takes nodes in turn: a counter modulo the number of candidates (gost-nodes, section 3.2).</summary>
internal sealed class RoundRobinSelector : INodeSelector
{
    private uint _next = uint.MaxValue;

    public Node? SelectNode(IReadOnlyList<Node> candidates) =>
        candidates[(int)(Interlocked.Increment(ref _next) % (uint)candidates.Count)];
}
