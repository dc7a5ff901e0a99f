using System.Diagnostics;
using GostNet.Diagnostics;
using GostNet.Internal;
using GostNet.Selection;

namespace GostNet.Chains;

/// <summary>The hops of a chain: chooses a node of each, dials the first, and asks each for the next (gost-nodes, section 4.2).</summary>
/// <remarks>A failure is charged to whoever failed: a proxy that answers that the next address cannot be reached has done its part
/// (gost-nodes, section 3.3).</remarks>
internal sealed class HopPath(IDialer network, IReadOnlyList<NodeGroup<ChainNode>> hops, TimeProvider time)
{
    /// <summary>How many hops there are.</summary>
    public int Count => hops.Count;

    /// <summary>Chooses a node of the last hop.</summary>
    public NodeLease<ChainNode> SelectLast() => hops[^1].Select();

    /// <summary>Chooses a node of each hop. They are to be disposed of with <see cref="Release"/>.</summary>
    /// <param name="last">The node of the last hop if it is chosen already; it stays its owner's.</param>
    public NodeLease<ChainNode>[] SelectRoute(NodeLease<ChainNode>? last = null)
    {
        var route = new NodeLease<ChainNode>[hops.Count];
        try
        {
            for (int i = 0; i < route.Length; i++)
            {
                route[i] = last is not null && i == route.Length - 1 ? last : hops[i].Select();
            }

            return route;
        }
        catch
        {
            Release(route, last);
            throw;
        }
    }

    /// <summary>Lets go of the nodes of a route.</summary>
    /// <param name="route">What <see cref="SelectRoute"/> returned.</param>
    /// <param name="last">What was passed to it.</param>
    public static void Release(NodeLease<ChainNode>[] route, NodeLease<ChainNode>? last = null)
    {
        foreach (NodeLease<ChainNode>? lease in route)
        {
            if (lease != last)
            {
                lease?.Dispose();
            }
        }
    }

    /// <summary>Reaches a target through all hops.</summary>
    public ValueTask<IConnection> DialAsync(NodeLease<ChainNode>[] route, HostEndPoint target, CancellationToken cancellationToken) =>
        DialAsync(route, route.Length, target, cancellationToken);

    /// <summary>Opens a connection to the last node of a route, which is asked for nothing yet.</summary>
    /// <param name="route">The route.</param>
    /// <param name="target">What the node will be asked for, for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<IConnection> OpenLastAsync(NodeLease<ChainNode>[] route, HostEndPoint target, CancellationToken cancellationToken) =>
        DialAsync(route, route.Length - 1, target, cancellationToken);

    /// <summary>The same failure, with the chain's node that is to blame for it.</summary>
    public static ForwardException Blame(string node, HostEndPoint target, ForwardException e) =>
        new(e.Error, e.Message.Contains(node, StringComparison.Ordinal) ? e.Message : $"{node}: {e.Message}", e)
        {
            Node = node,
            Target = target,
        };

    /// <summary>Charges a node that was asked for an address with a failure that is not the address's.</summary>
    /// <param name="node">The node.</param>
    /// <param name="address">What it was asked for.</param>
    /// <param name="target">What all of this was for.</param>
    /// <param name="e">The failure.</param>
    /// <returns>What is to be thrown.</returns>
    public static ForwardException Charge(NodeLease<ChainNode> node, HostEndPoint address, HostEndPoint target, IOException e)
    {
        if (e is ForwardException failure)
        {
            node.Settle(failure);
            return failure.Node == node.Node.Name ? failure : Blame(node.Node.Name, target, failure);
        }

        node.Fail();
        return Blame(node.Node.Name, target, new ForwardException(
            ForwardError.ConnectionClosed, $"the connection broke while {address} was asked for: {e.Message}", e));
    }

    /// <summary>Dials an address without any hop.</summary>
    public async ValueTask<IConnection> DialDirectlyAsync(HostEndPoint address, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await Deadline.RunAsync(
                limit,
                time,
                (network, address),
                static (s, stop) => s.network.DialAsync(s.address, stop),
                static s => $"{s.address} did not answer",
                cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e) when (e.Error == ForwardError.TimedOut && !e.IsTargetFault)
        {
            throw new ForwardException(e.Error, e.Message, e) { Target = address, IsTargetFault = true };
        }
    }

    /// <summary>Dials the first node and asks so many nodes, from the first on.</summary>
    private async ValueTask<IConnection> DialAsync(
        NodeLease<ChainNode>[] route, int asked, HostEndPoint target, CancellationToken cancellationToken)
    {
        IConnection? connection = null;
        try
        {
            for (int i = 0; i < Math.Max(asked, 1); i++)
            {
                NodeLease<ChainNode>? next = i + 1 < route.Length ? route[i + 1] : null;
                using Activity? activity = GostNetDiagnostics.Source.StartActivity("gostnet.hop", ActivityKind.Client);
                activity?.SetTag("gostnet.node", route[i].Node.Name);
                try
                {
                    connection ??= await DialFirstAsync(route[0], target, cancellationToken).ConfigureAwait(false);
                    if (i < asked)
                    {
                        connection = await ConnectAsync(connection, route[i], next, target, cancellationToken).ConfigureAwait(false);
                    }
                }
                catch (Exception e)
                {
                    DialSpans.SetError(activity, e);
                    throw;
                }
            }

            return connection!; // there is a hop, or this would not have been called
        }
        catch
        {
            connection?.Abort();
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private async ValueTask<IConnection> DialFirstAsync(NodeLease<ChainNode> first, HostEndPoint target, CancellationToken cancellationToken)
    {
        try
        {
            return await DialDirectlyAsync(first.Node.Address, first.Value.DialTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e)
        {
            if (e.IsTargetFault)
            {
                first.Fail();
            }

            throw Blame(first.Node.Name, target, e);
        }
    }

    /// <summary>Asks one hop for the next, or for the target if there is no next.</summary>
    private async ValueTask<IConnection> ConnectAsync(
        IConnection connection,
        NodeLease<ChainNode> hop,
        NodeLease<ChainNode>? next,
        HostEndPoint target,
        CancellationToken cancellationToken)
    {
        HostEndPoint address = next?.Node.Address ?? target;
        try
        {
            IConnection connected = await Deadline.RunAsync(
                hop.Value.ConnectTimeout,
                time,
                (hop.Value.Connector, connection, address),
                static (s, stop) => s.Connector.ConnectAsync(s.connection, s.address, stop),
                static s => $"no answer about {s.address}",
                cancellationToken).ConfigureAwait(false);
            hop.Succeed();
            return connected;
        }
        catch (ForwardException e) when (e.IsTargetFault)
        {
            hop.Succeed();
            if (next is null)
            {
                throw;
            }

            next.Fail();
            throw Blame(next.Node.Name, target, e);
        }
        catch (IOException e)
        {
            throw Charge(hop, address, target, e);
        }
    }
}
