using GostNet.Selection;

namespace GostNet.Chains;

/// <summary>The nodes that one connection goes through: one of each hop, from the first, or from the last one with sessions that the
/// connection can share, to the last (transports, section 6).</summary>
/// <param name="nodes">The nodes, in the order in which they are passed.</param>
/// <param name="start">The hop of the first of them.</param>
/// <param name="borrowed">One of them that stays its owner's.</param>
internal sealed class HopRoute(NodeLease<ChainNode>[] nodes, int start, NodeLease<ChainNode>? borrowed) : IDisposable
{
    /// <summary>The hop that the first node is of.</summary>
    public int Start => start;

    public int Count => nodes.Length;

    public NodeLease<ChainNode> Last => nodes[^1];

    public NodeLease<ChainNode> this[int index] => nodes[index];

    /// <summary>Lets go of the nodes.</summary>
    public void Dispose()
    {
        foreach (NodeLease<ChainNode> node in nodes)
        {
            if (node != borrowed)
            {
                node.Dispose();
            }
        }
    }

    public override string ToString() => string.Join(" > ", nodes.Select(n => n.Node.Name));
}
