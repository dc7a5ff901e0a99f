using GostNet.Chains;
using GostNet.Selection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Chains;

/// <summary>Hops of a chain for tests: a node is called by its host, and its port is 1.</summary>
internal static class TestHops
{
    public static NodeGroup<ChainNode> Create(TimeProvider time, int maxFails, params (string Name, IConnector Connector)[] nodes) => new(
        new NodeSet<ChainNode>(
            [.. nodes.Select(n => (
                new Node(new HostEndPoint(n.Name, 1), n.Name),
                new ChainNode(n.Connector, new Socks5ProxyOptions())))],
            new SelectionOptions { MaxFails = maxFails }),
        time,
        NullLogger.Instance);

    /// <summary>Whose turn it is. A dead node has none.</summary>
    public static string Next(NodeGroup<ChainNode> group)
    {
        using NodeLease<ChainNode> lease = group.Select();
        return lease.Node.Name;
    }
}
