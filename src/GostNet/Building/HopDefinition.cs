using System.Collections.Immutable;
using GostNet.Chains;
using GostNet.Selection;

namespace GostNet.Building;

/// <summary>One hop of a chain as it was asked for: nodes that can stand in for one another.</summary>
internal sealed record HopDefinition(
    ImmutableArray<(Node Node, ChainNode Value)> Members, SelectionOptions Selection, INodeSource<ChainNode>? Source = null)
{
    public string Name => Members.IsEmpty ? "a hop that cannot be read" : string.Join(',', Members.Select(m => m.Node.Name));

    /// <summary>Whether the nodes have a target of their own.</summary>
    public bool IgnoresTarget => Members.All(m => m.Value.Connector.IgnoresTarget);

    /// <summary>Whether the nodes can listen for connections.</summary>
    public bool CanBind => Members.All(m => m.Value.Connector is IBindConnector);

    /// <summary>Whether the nodes can carry datagrams.</summary>
    public bool CarriesDatagrams => Members.All(m => m.Value.Connector is IDatagramConnector { CanConnectDatagrams: true });

    /// <summary>Whether the nodes can listen for datagrams.</summary>
    public bool ListensForDatagrams => Members.All(m => m.Value.Connector is IDatagramConnector { CanListenForDatagrams: true });

    public void Check(BuildProblems problems) => Selection.Check(Name, problems);
}
