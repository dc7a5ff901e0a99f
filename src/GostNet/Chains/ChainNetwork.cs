using System.Net;
using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Selection;
using GostNet.Transports.Tcp;

namespace GostNet.Chains;

/// <summary>The far end of a chain as a network: what is dialled is dialled there, and what listens, listens there (gost-nodes,
/// sections 2.2 to 2.4). Without hops it is the network that the chain stands on.</summary>
/// <remarks>
/// <para>Whether the last node can listen or carry datagrams is known when the chain is built, and asked for here by name.</para>
/// <para>Names are the far end's business; only who has to have an address asks for it here.</para>
/// </remarks>
/// <param name="path">The hops.</param>
/// <param name="dialer">Dials through them.</param>
/// <param name="ground">What the chain stands on.</param>
/// <param name="groundTimeout">How long that may take to find an address or to open a socket.</param>
/// <param name="time">The clock.</param>
internal sealed class ChainNetwork(HopPath path, IDialer dialer, INetwork ground, TimeSpan groundTimeout, TimeProvider time)
    : INetwork, IDatagramDialer
{
    public IDialer Dialer => dialer;

    public IDatagramDialer DatagramDialer => this;

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

    public ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        OnGroundAsync(endPoint, static (ground, target, stop) => ground.ResolveAsync(target, stop), cancellationToken);

    ValueTask<IDatagramSocket> IDatagramDialer.DialAsync(HostEndPoint target, CancellationToken cancellationToken) =>
        path.Count == 0
            ? OnGroundAsync(target, static (ground, target, stop) => ground.DatagramDialer.DialAsync(target, stop), cancellationToken)
            : AskLastAsync<IDatagramConnector, IDatagramSocket>(
                "carry datagrams", target, (c, open, stop) => c.ConnectDatagramsAsync(open, target, stop), cancellationToken);

    private ValueTask<T> OnGroundAsync<T>(
        HostEndPoint target, Func<INetwork, HostEndPoint, CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken) =>
        Deadline.RunAsync(
            groundTimeout,
            time,
            (ground, target, step),
            static (s, stop) => s.step(s.ground, s.target, stop),
            static s => $"{s.target} was not resolved",
            cancellationToken);

    /// <summary>Chooses a node of the last hop and asks it for something. What it gives goes on using that node.</summary>
    /// <remarks>The time that the node has is its own: while a connection to it is opened, through nodes with limits of their own, it does
    /// not run. Who fails meanwhile is charged there.</remarks>
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

        using var limit = new PausableLimit(last.Value.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        bool isOpening = false;
        try
        {
            TResult result = await ask(connector, OpenAsync, either.Token).ConfigureAwait(false);
            last.Succeed();
            return result;
        }
        catch (IOException) when (Volatile.Read(ref isOpening))
        {
            throw; // and whoever is to blame has been told
        }
        catch (ForwardException e) when (e.IsTargetFault)
        {
            last.Succeed();
            throw;
        }
        catch (IOException e)
        {
            throw HopPath.Charge(last, address, address, e);
        }
        catch (OperationCanceledException e) when (limit.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            last.Fail();
            throw HopPath.Blame(last.Node.Name, address, new ForwardException(
                ForwardError.TimedOut, $"no answer about {address} within {last.Value.ConnectTimeout.TotalSeconds:0.###} s.", e));
        }

        async ValueTask<IConnection> OpenAsync(CancellationToken stop)
        {
            Volatile.Write(ref isOpening, true);
            limit.Pause();
            IConnection connection = await this.OpenAsync(last, address, typeof(TConnector) == typeof(IDatagramConnector), stop).ConfigureAwait(false);
            limit.Resume();
            Volatile.Write(ref isOpening, false);
            return connection;
        }
    }

    /// <summary>Opens a connection to a node of the last hop, through nodes of the others that are chosen anew.</summary>
    private async ValueTask<IConnection> OpenAsync(
        NodeLease<ChainNode> last, HostEndPoint address, bool carriesDatagrams, CancellationToken cancellationToken)
    {
        using HopRoute route = path.SelectRoute(last);
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
}
