using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Selection;
using GostNet.Transports.Tcp;

namespace GostNet.Chains;

/// <summary>The far end of a chain as a network: what is dialled is dialled there, and what listens, listens there (gost-nodes,
/// sections 2.2 to 2.4). Without hops it is the network that the chain stands on.</summary>
/// <remarks>Whether the last node can listen or carry datagrams is known when the chain is built, and asked for here by name.</remarks>
internal sealed class ChainNetwork(HopPath path, IDialer dialer, INetwork ground, TimeProvider time) : INetwork
{
    public IDialer Dialer => dialer;

    public IDatagramDialer DatagramDialer => path.Count == 0 ? ground.DatagramDialer : new ChainDatagramDialer(this);

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        path.Count == 0
            ? ground.ListenAsync(endPoint, cancellationToken)
            : AskLastAsync<IBindConnector, IListener>(
                "listen for connections", endPoint, (c, open, stop) => c.ListenAsync(open, endPoint, stop), cancellationToken);

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        path.Count == 0
            ? ground.ListenDatagramsAsync(endPoint, cancellationToken)
            : AskLastAsync<IDatagramConnector, IDatagramListener>(
                "listen for datagrams", endPoint, (c, open, stop) => c.ListenDatagramsAsync(open, endPoint, stop), cancellationToken);

    private ValueTask<IDatagramSocket> DialDatagramsAsync(HostEndPoint target, CancellationToken cancellationToken) =>
        AskLastAsync<IDatagramConnector, IDatagramSocket>(
            "carry datagrams", target, (c, open, stop) => c.ConnectDatagramsAsync(open, target, stop), cancellationToken);

    /// <summary>Chooses a node of the last hop and asks it for something. What it gives goes on using that node.</summary>
    private async ValueTask<TResult> AskLastAsync<TConnector, TResult>(
        string what,
        HostEndPoint address,
        Func<TConnector, Func<CancellationToken, ValueTask<IConnection>>, CancellationToken, ValueTask<TResult>> ask,
        CancellationToken cancellationToken)
        where TConnector : class, IConnector
    {
        using NodeLease<ChainNode> last = path.SelectLast();
        if (last.Value.Connector is not TConnector connector)
        {
            throw new ForwardException(ForwardError.CommandNotSupported, $"{last.Node.Name} cannot {what}.") { Node = last.Node.Name };
        }

        bool carriesDatagrams = typeof(TConnector) == typeof(IDatagramConnector);
        Func<CancellationToken, ValueTask<IConnection>> open = stop => OpenAsync(last, address, carriesDatagrams, stop);
        try
        {
            TResult result = await Deadline.RunAsync(
                last.Value.ConnectTimeout,
                time,
                (ask, connector, open),
                static (s, stop) => s.ask(s.connector, s.open, stop),
                _ => $"no answer about {address}",
                cancellationToken).ConfigureAwait(false);
            last.Succeed();
            return result;
        }
        catch (ForwardException e) when (e.IsTargetFault)
        {
            last.Succeed();
            throw;
        }
        catch (ForwardException e)
        {
            if (e.Node is null || e.Node == last.Node.Name)
            {
                last.Fail();
                throw e.Node is null ? HopPath.Blame(last.Node.Name, address, e) : e;
            }

            throw;
        }
        catch (IOException e)
        {
            last.Fail();
            throw HopPath.Blame(last.Node.Name, address, new ForwardException(
                ForwardError.ConnectionClosed, $"the connection broke while {address} was asked for: {e.Message}", e));
        }
    }

    /// <summary>Opens a connection to a node of the last hop, through nodes of the others that are chosen anew.</summary>
    private async ValueTask<IConnection> OpenAsync(
        NodeLease<ChainNode> last, HostEndPoint address, bool carriesDatagrams, CancellationToken cancellationToken)
    {
        NodeLease<ChainNode>[] route = path.SelectRoute(last);
        try
        {
            IConnection connection = await path.OpenLastAsync(route, address, cancellationToken).ConfigureAwait(false);
            if (connection.TryGetSocket(out Socket? socket))
            {
                // It may be idle for days, and its loss is the loss of everything that listens by it. What carries connections has a
                // peer that may hold back what it cannot pass on.
                Action<Socket, TimeSpan> start = carriesDatagrams ? TcpHeartbeat.StartWithLimit : TcpHeartbeat.Start;
                start(socket, last.Value.HeartbeatInterval);
            }

            return connection;
        }
        finally
        {
            HopPath.Release(route, last);
        }
    }

    private sealed class ChainDatagramDialer(ChainNetwork chain) : IDatagramDialer
    {
        public ValueTask<IDatagramSocket> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default) =>
            chain.DialDatagramsAsync(target, cancellationToken);
    }
}
