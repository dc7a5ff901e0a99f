using System.Collections.Immutable;
using GostNet.Chains;
using GostNet.Selection;

namespace GostNet.Building;

/// <summary>One hop of a chain as it was asked for: nodes that can stand in for one another.</summary>
internal sealed record HopDefinition(
    ImmutableArray<(Node Node, ChainNode Value)> Members, SelectionOptions Selection, INodeSource<ChainNode>? Source = null)
{
    public string Name => string.Join(',', Members.Select(m => m.Node.Name));

    /// <summary>Whether the nodes have a target of their own.</summary>
    public bool IgnoresTarget => Members.All(m => m.Value.Connector.IgnoresTarget);

    public void Check(BuildProblems problems)
    {
        Selection.Check(Name, problems);
        if (Members.IsEmpty)
        {
            problems.Add("A hop of the chain has no node; add one, for instance Socks5(\"10.0.0.1:1080\")");
        }
    }
}
