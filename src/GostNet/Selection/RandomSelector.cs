namespace GostNet.Selection;

/// <summary>Takes any node, each as likely as the others.</summary>
internal sealed class RandomSelector(Random random) : INodeSelector
{
    // Balancing load needs no cryptographic randomness.
    public Node? SelectNode(IReadOnlyList<Node> candidates) => candidates[random.Next(candidates.Count)];
}
