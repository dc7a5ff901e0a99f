using System.Diagnostics;
using GostNet.Diagnostics;
using GostNet.Internal;
using GostNet.Selection;
using GostNet.Transports;

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

    /// <summary>Chooses a node of each hop that a connection passes.</summary>
    /// <param name="last">The node of the last hop if it is chosen already; it stays its owner's.</param>
    public HopRoute SelectRoute(NodeLease<ChainNode>? last = null) => SelectRoute(hops.Count, last);

    /// <summary>Reaches a target through all hops.</summary>
    public ValueTask<IConnection> DialAsync(HopRoute route, HostEndPoint target, CancellationToken cancellationToken) =>
        DialAsync(route, route.Count, target, cancellationToken);

    /// <summary>Opens a connection to the last node of a route, which is asked for nothing yet.</summary>
    /// <param name="route">The route.</param>
    /// <param name="target">What the node will be asked for, for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<IConnection> OpenLastAsync(HopRoute route, HostEndPoint target, CancellationToken cancellationToken) =>
        DialAsync(route, route.Count - 1, target, cancellationToken);

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

    /// <summary>Chooses nodes of so many hops, from the last of them back to the first, or to one with sessions to share.</summary>
    private HopRoute SelectRoute(int count, NodeLease<ChainNode>? last)
    {
        List<NodeLease<ChainNode>> nodes = [];
        int start = count;
        try
        {
            do
            {
                start--;
                nodes.Add(last is not null && start == count - 1 ? last : hops[start].Select());
            }
            while (start > 0 && !nodes[^1].Value.Transport.Multiplexes);
        }
        catch
        {
            new HopRoute([.. nodes], start, last).Dispose();
            throw;
        }

        nodes.Reverse();
        return new HopRoute([.. nodes], start, last);
    }

    /// <summary>Goes to the first node of a route, and asks so many nodes, from the first on. If what was asked first died with a session
    /// that had died before, and nobody had noticed, it is done again, once, over another one (transports, section 4).</summary>
    private async ValueTask<IConnection> DialAsync(HopRoute route, int asked, HostEndPoint target, CancellationToken cancellationToken)
    {
        if (route[0].Value.Transport.Multiplexes)
        {
            try
            {
                return await WalkAsync(route, asked, target, isLastTry: false, cancellationToken).ConfigureAwait(false);
            }
            catch (StaleSessionException)
            {
                // The next one is fresh.
            }
        }

        return await WalkAsync(route, asked, target, isLastTry: true, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IConnection> WalkAsync(
        HopRoute route, int asked, HostEndPoint target, bool isLastTry, CancellationToken cancellationToken)
    {
        IConnection? connection = null;
        try
        {
            for (int i = 0; i < route.Count; i++)
            {
                NodeLease<ChainNode>? next = i + 1 < route.Count ? route[i + 1] : null;
                using Activity? activity = GostNetDiagnostics.Source.StartActivity("gostnet.hop", ActivityKind.Client);
                activity?.SetTag("gostnet.node", route[i].Node.Name);
                try
                {
                    connection = i == 0
                        ? await GoToFirstAsync(route, target, cancellationToken).ConfigureAwait(false)
                        : await WrapAsync(connection!, route[i], target, cancellationToken).ConfigureAwait(false);
                    if (i < asked)
                    {
                        bool mayBeStale = i == 0 && !isLastTry;
                        connection = await ConnectAsync(connection, route[i], next, target, mayBeStale, cancellationToken)
                            .ConfigureAwait(false);
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

    /// <summary>Opens a connection to the first node of a route, with its transport over it.</summary>
    private async ValueTask<IConnection> GoToFirstAsync(HopRoute route, HostEndPoint target, CancellationToken cancellationToken)
    {
        NodeLease<ChainNode> first = route[0];
        int hop = route.Start;
        if (first.Value.Transport.Sessions is not { } sessions)
        {
            IConnection carrier = await DialFirstAsync(first, target, cancellationToken).ConfigureAwait(false);
            return await WrapAsync(carrier, first, target, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await sessions.OpenAsync(stop => StartSessionAsync(first, hop, target, stop), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e is not ForwardException { Node: not null })
        {
            throw Charge(first, first.Node.Address, target, e); // who has started the session, and refuses what is opened over it
        }
    }

    /// <summary>Starts a session to a node, over a connection through nodes of the hops before it that are chosen for that. Others may wait
    /// for it besides whoever holds the node, who is charged for them all.</summary>
    private async ValueTask<IMultiplexSession> StartSessionAsync(
        NodeLease<ChainNode> node, int hop, HostEndPoint target, CancellationToken cancellationToken)
    {
        IConnection carrier;
        if (hop == 0)
        {
            carrier = await DialFirstAsync(node, target, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            using HopRoute before = SelectRoute(hop, last: null);
            try
            {
                carrier = await DialAsync(before, node.Node.Address, cancellationToken).ConfigureAwait(false);
            }
            catch (ForwardException e) when (e.IsTargetFault)
            {
                node.Fail();
                throw Blame(node.Node.Name, target, e);
            }
        }

        return await StartTransportAsync(
            node, target, carrier, static (layers, carrier, stop) => layers.StartSessionAsync(carrier, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts a node's transport over a connection to it.</summary>
    private ValueTask<IConnection> WrapAsync(
        IConnection carrier, NodeLease<ChainNode> node, HostEndPoint target, CancellationToken cancellationToken) =>
        node.Value.Transport.Layers.IsEmpty
            ? new(carrier)
            : StartTransportAsync(node, target, carrier, static (layers, carrier, stop) => layers.WrapAsync(carrier, stop), cancellationToken);

    private async ValueTask<T> StartTransportAsync<T>(
        NodeLease<ChainNode> node,
        HostEndPoint target,
        IConnection carrier,
        Func<TransportLayers, IConnection, CancellationToken, ValueTask<T>> start,
        CancellationToken cancellationToken)
    {
        try
        {
            return await Deadline.RunAsync(
                node.Value.DialTimeout,
                time,
                (node.Value.Transport.Layers, carrier, start, node.Node),
                static (s, stop) => s.start(s.Layers, s.carrier, stop),
                static s => $"the transport to {s.Node.Name} was not ready",
                cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Charge(node, node.Node.Address, target, e);
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
        bool mayBeStale,
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
        catch (IOException e) when (mayBeStale && connection is SharedConnection { IsSpent: true })
        {
            throw new StaleSessionException(e);
        }
        catch (IOException e)
        {
            throw Charge(hop, address, target, e);
        }
    }

    /// <summary>A session ended before the first connection over it that noticed.</summary>
    private sealed class StaleSessionException(IOException inner) : IOException(inner.Message, inner);
}
