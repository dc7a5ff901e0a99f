namespace GostNet.Selection;

/// <summary>Takes any node, each as likely as the others.</summary>
internal sealed class RandomSelector(Random random) : INodeSelector
{
    // Balancing load needs no cryptographic randomness.
#pragma warning disable CA5394
    public Node? SelectNode(IReadOnlyList<Node> candidates) => candidates[random.Next(candidates.Count)];
#pragma warning restore CA5394
}
