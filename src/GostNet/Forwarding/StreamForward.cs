using System.Collections.Concurrent;
using System.Net;
using GostNet.Diagnostics;
using GostNet.Internal;
using GostNet.Relaying;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>A forward that accepts connections, has a handler serve each, and relays.</summary>
internal sealed class StreamForward : ListeningForward<IListener>
{
    private readonly IStreamHandler _handler;
    private readonly StreamLimits _limits;
    private readonly IStreamRelay _relay;
    private readonly ConcurrentDictionary<ForwardedConnection, RelaySession> _relaying = new();
    private readonly RunningCount _active = new(); // clients, peers of clients that listen, and the forward until it stops accepting
    private ITimer? _idleTimer;
    private int _clients;

    /// <summary>Makes a forward.</summary>
    /// <param name="forward">Its public side.</param>
    /// <param name="binding">Where it listens.</param>
    /// <param name="handler">Serves each connection.</param>
    /// <param name="limits">How many connections there may be, and for how long.</param>
    /// <param name="relay">Moves the bytes.</param>
    /// <param name="context">What the forwards of a forwarder share.</param>
    public StreamForward(
        Forward forward,
        Binding<IListener> binding,
        IStreamHandler handler,
        StreamLimits limits,
        IStreamRelay relay,
        ForwardContext context)
        : base(forward, binding, context)
    {
        _handler = handler;
        _limits = limits;
        _relay = relay;
    }

    public override Task DrainedAsync() => _active.Drained;

    /// <summary>Relays between a client and its target until both have ended, and disposes of the target.</summary>
    public async Task<RelayResult> RelayAsync(ForwardedConnection connection, IConnection client, IConnection target)
    {
        try
        {
            var session = new RelaySession(client, target, Context.Time);
            _relaying[connection] = session;
            connection.Attach(session);
            Context.Logger.ConnectionOpened(connection.Id, connection.Client, connection.Target);
            return await _relay.RelayAsync(session).ConfigureAwait(false);
        }
        finally
        {
            _relaying.TryRemove(connection, out _);
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Relays between somebody who connected to a port that a client of this forward listens on, and that client: a connection of
    /// its own among the live ones. Disposes of both. It does not fail: the connection's end tells how it went.</summary>
    public async Task RelayPeerAsync(IConnection peer, IConnection client)
    {
        _active.Enter();
        ForwardedConnection? connection = null;
        var result = new RelayResult(ConnectionEnd.Failed);
        try
        {
            connection = Context.Connections.Open(Forward, peer.RemoteEndPoint, peer.Abort);
            if (client.RemoteEndPoint is IPEndPoint address)
            {
                connection.SetTarget(address);
            }

            result = await RelayAsync(connection, peer, client).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            result = new RelayResult(ConnectionEnd.Failed, e);
            peer.Abort();
        }
        finally
        {
            await CloseAsync(connection, peer, result).ConfigureAwait(false);
        }
    }

    protected override EndPoint LocalEndPointOf(IListener listener) => listener.LocalEndPoint;

    protected override async Task ServeAsync(IListener listener)
    {
        StartIdleTimer();
        var pause = new AcceptPause(Forward.Name, Context.Time, Context.Logger);
        while (!Stopping.IsCancellationRequested)
        {
            IConnection? client;
            try
            {
                client = await listener.AcceptAsync(Stopping).ConfigureAwait(false);
            }
            catch (IOException e) when (!IsRemote)
            {
                await pause.WaitAsync(e, Stopping).ConfigureAwait(false);
                continue;
            }
            catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
            {
                return;
            }

            if (client is null)
            {
                return;
            }

            pause.Reset();
            _active.Enter();
            int clients = Interlocked.Increment(ref _clients);
            if (clients > _limits.MaxConnections)
            {
                Context.Logger.ConnectionRejected(Forward.Name, clients - 1, client.RemoteEndPoint);
                client.Abort();
                await client.DisposeAsync().ConfigureAwait(false);
                Interlocked.Decrement(ref _clients);
                _active.Leave();
                continue;
            }

            _ = ServeAsync(client); // sees to its own failures, and is waited for by its place in the count
        }
    }

    protected override void ServingEnded() => _active.Leave();

    protected override async Task EndConnectionsAsync()
    {
        foreach (ForwardedConnection connection in Context.Connections.Live.Where(c => c.Forward == Forward))
        {
            connection.Abort();
        }

        await _active.Drained.ConfigureAwait(false);
        if (_idleTimer is not null)
        {
            await _idleTimer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(IConnection client)
    {
        // Never disposed of, so that an abort may come at any time; without a timer or link it holds nothing.
        var dialing = new CancellationTokenSource();
        ForwardedConnection? connection = null;
        var result = new RelayResult(ConnectionEnd.Failed);
        try
        {
            connection = Context.Connections.Open(Forward, client.RemoteEndPoint, () =>
            {
                client.Abort();
                _ = dialing.CancelAsync(); // on another thread: what it sets off is nothing that our caller should wait for
            });
            result = await ServeAsync(connection, client, dialing.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            result = new RelayResult(ConnectionEnd.Failed, e);
            client.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
            await CloseAsync(connection, client, result).ConfigureAwait(false);
        }
    }

    private async ValueTask CloseAsync(ForwardedConnection? connection, IConnection client, RelayResult result)
    {
        try
        {
            await client.DisposeAsync().ConfigureAwait(false);
            if (connection is not null)
            {
                Context.Connections.Close(connection, result.End, result.Error);
            }
        }
        finally
        {
            _active.Leave();
        }
    }

    private async Task<RelayResult> ServeAsync(ForwardedConnection connection, IConnection client, CancellationToken cancellationToken)
    {
        try
        {
            return await _handler.ServeAsync(connection, client, this, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (connection.IsAborted)
        {
            client.Abort();
            return new RelayResult(ConnectionEnd.Aborted);
        }
    }

    private void StartIdleTimer()
    {
        if (_idleTimer is not null)
        {
            return;
        }

        TimeSpan[] limits = [.. new[] { _limits.IdleTimeout, _limits.HalfOpenTimeout }.Where(t => t != Timeout.InfiniteTimeSpan)];
        if (limits.Length > 0)
        {
            // A connection may outlive its limit by the period, a tenth of it; looking costs next to nothing.
            TimeSpan period = limits.Min() / 10;
            period = period > TimeSpan.FromSeconds(30) ? TimeSpan.FromSeconds(30) : period;
            period = period < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : period;
            _idleTimer = Context.Time.CreateTimer(_ => EndIdle(), null, period, period);
        }
    }

    private void EndIdle()
    {
        foreach ((_, RelaySession session) in _relaying)
        {
            TimeSpan idle = session.IdleTime;
            if (_limits.IdleTimeout != Timeout.InfiniteTimeSpan && idle >= _limits.IdleTimeout)
            {
                session.Abort(ConnectionEnd.IdleTimeout);
            }
            else if (_limits.HalfOpenTimeout != Timeout.InfiniteTimeSpan && session.IsHalfOpen && idle >= _limits.HalfOpenTimeout)
            {
                session.Abort(ConnectionEnd.HalfOpenTimeout);
            }
        }
    }
}
