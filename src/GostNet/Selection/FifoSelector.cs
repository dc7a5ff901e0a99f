namespace GostNet.Selection;

/// <summary>Takes the first node, and so the next only while the first is dead.</summary>
internal sealed class FifoSelector : INodeSelector
{
    public Node? SelectNode(IReadOnlyList<Node> candidates) => candidates[0];
}
