using System.Net;
using System.Net.Sockets;
using GostNet.Diagnostics;
using GostNet.Protocols;
using GostNet.Relaying;
using GostNet.Transports.Tcp;

namespace GostNet.Forwarding;

/// <summary>What a proxy server has its forward do for one client.</summary>
internal sealed class ProxySession(ProxyHandler handler, ForwardedConnection connection, IConnection client, StreamForward forward)
    : IProxyHost, IRelayed
{
    private long _bytesFromClient;
    private long _bytesFromTarget;
    private bool _countsHere;
    private Action<string, HostEndPoint>? _demandTarget;
    private IDatagramListener? _toTargets;

    /// <summary>How the relaying ended, if there was any.</summary>
    public RelayResult? Result { get; private set; }

    /// <summary>Whether a target was allowed and not reached.</summary>
    public bool HasDialFailed { get; private set; }

    public IAuthenticator? Authenticator => handler.Authenticator;

    public TimeProvider Time => handler.Context.Time;

    public long BytesFromClient => Volatile.Read(ref _bytesFromClient);

    public long BytesFromTarget => Volatile.Read(ref _bytesFromTarget);

    public async ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        handler.Rules.Demand(AccessRules.Connect, target);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                IConnection reached = await handler.Reach.Dialer.DialAsync(target, cancellationToken).ConfigureAwait(false);
                connection.SetTarget(target);
                return reached;
            }
            catch (ForwardException e)
            {
                handler.Context.Logger.DialFailed(connection.Id, attempt, e.Message);
                if (attempt == handler.Attempts)
                {
                    HasDialFailed = true;
                    throw;
                }
            }
        }
    }

    public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        handler.Rules.Demand(AccessRules.Listen, endPoint);
        AskAfterClient(TcpHeartbeat.Start);
        return await handler.Reach.ListenAsync(endPoint, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        handler.Rules.Demand(AccessRules.ListenDatagrams, endPoint);
        AskAfterClient(TcpHeartbeat.StartWithLimit); // datagrams may be on their way to it all the time
        CountHere();
        _demandTarget = handler.Rules.DemandNotForbidden;
        return _toTargets = await handler.Reach.ListenDatagramsAsync(endPoint, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<(IDatagramListener ToClient, IDatagramListener ToTargets)> AssociateAsync(
        HostEndPoint client, CancellationToken cancellationToken)
    {
        handler.Rules.DemandPossible(AccessRules.Datagrams);
        AskAfterClient(TcpHeartbeat.Start);
        CountHere();
        _demandTarget = handler.Rules.Demand;
        IDatagramListener toClient = await handler.Context.Network.ListenDatagramsAsync(client, cancellationToken).ConfigureAwait(false);
        try
        {
            _toTargets = await handler.Reach.ListenDatagramsAsync(new("", 0), cancellationToken).ConfigureAwait(false);
            return (toClient, _toTargets);
        }
        catch
        {
            await toClient.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask<IPEndPoint> ResolveAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        _demandTarget!(AccessRules.Datagrams, target);
        return DatagramTargets.ResolveAsync(handler.Reach, _toTargets!, target, cancellationToken);
    }

    public async Task RelayAsync(IConnection client, IConnection target, HostEndPoint? name)
    {
        if (name is not null)
        {
            connection.SetTarget(name);
        }
        else if (target.RemoteEndPoint is IPEndPoint address)
        {
            connection.SetTarget(address);
        }

        Result = await forward.RelayAsync(connection, client, target).ConfigureAwait(false);
    }

    public Task RelayPeerAsync(IConnection peer, IConnection client) => forward.RelayPeerAsync(peer, client);

    public void CountBytes(bool fromClient, int size)
    {
        CountHere();
        Interlocked.Add(ref fromClient ? ref _bytesFromClient : ref _bytesFromTarget, size);
    }

    public void DropDatagram(int size, string reason) => handler.Context.DropDatagram(forward.Forward, size, reason);

    /// <summary>Ends the client's connection, and with it what carries its datagrams.</summary>
    public void Abort(ConnectionEnd reason)
    {
        Result ??= new RelayResult(reason);
        client.Abort();
    }

    /// <summary>A port is open as long as the client's connection is, and would stay so after a client whose end nobody tells.</summary>
    private void AskAfterClient(Action<Socket, TimeSpan> start)
    {
        if (client.TryGetSocket(out Socket? socket))
        {
            start(socket, TcpHeartbeat.DefaultInterval);
        }
    }

    /// <summary>Counts what passes here, where no relay does.</summary>
    private void CountHere()
    {
        if (!Interlocked.Exchange(ref _countsHere, true))
        {
            connection.Attach(this);
        }
    }
}
