using System.Collections.Concurrent;
using System.Net;
using GostNet.Diagnostics;
using GostNet.Relaying;
using GostNet.Selection;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>A local TCP forward (gost-nodes, section 2.1): accepts, chooses and dials a target, relays.</summary>
internal sealed class LocalTcpForward : ForwardRunner
{
    private readonly LocalTcpOptions _options;
    private readonly IDialer _dialer;
    private readonly IStreamRelay _relay;
    private readonly ConcurrentDictionary<ForwardedConnection, RelaySession> _relaying = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private IListener? _listener;
    private ITimer? _idleTimer;
    private int _active = 1; // the forward itself, until it stops accepting

    public LocalTcpForward(
        Forward forward,
        LocalTcpOptions options,
        NodeGroup<HostEndPoint> targets,
        IDialer dialer,
        IStreamRelay relay,
        ForwardContext context)
        : base(forward, context, targets, options.Attempts)
    {
        _options = options;
        _dialer = dialer;
        _relay = relay;
    }

    public override Task DrainedAsync() => _drained.Task;

    protected override async ValueTask<EndPoint> ListenAsync(CancellationToken cancellationToken)
    {
        _listener = await Context.Network.ListenAsync(Forward.ListenEndPoint, cancellationToken).ConfigureAwait(false);
        return _listener.LocalEndPoint;
    }

    protected override async Task ServeAsync()
    {
        StartIdleTimer();
        var pause = new AcceptPause(Forward.Name, Context.Time, Context.Logger);
        while (!Stopping.IsCancellationRequested)
        {
            IConnection? client;
            try
            {
                client = await _listener!.AcceptAsync(Stopping).ConfigureAwait(false);
            }
            catch (IOException e)
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
            int active = Interlocked.Increment(ref _active) - 1;
            if (active > _options.MaxConnections)
            {
                Context.Logger.ConnectionRejected(Forward.Name, active - 1, client.RemoteEndPoint);
                client.Abort();
                await client.DisposeAsync().ConfigureAwait(false);
                Leave();
                continue;
            }

            _ = ServeAsync(client); // sees to its own failures, and is waited for by its place in the count
        }
    }

    protected override async ValueTask CloseListenerAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }

        if (!_drained.Task.IsCompleted)
        {
            Leave();
        }
    }

    protected override async Task EndConnectionsAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        foreach (RelaySession session in _relaying.Values)
        {
            session.Abort(ConnectionEnd.Aborted);
        }

        await _drained.Task.ConfigureAwait(false);
        if (_idleTimer is not null)
        {
            await _idleTimer.DisposeAsync().ConfigureAwait(false);
        }

        _ending.Dispose();
    }

    private async Task ServeAsync(IConnection client)
    {
        ForwardedConnection connection = Context.Connections.Open(Forward, client.RemoteEndPoint, _ => client.Abort());
        var result = new RelayResult(ConnectionEnd.Failed);
        try
        {
            (IConnection? target, result) = await DialAsync(connection).ConfigureAwait(false);
            if (target is null)
            {
                // An end in good order would tell the client that its answer is empty.
                client.Abort();
            }
            else
            {
                result = await RelayAsync(connection, client, target).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            result = new RelayResult(ConnectionEnd.Failed, e);
            client.Abort();
        }
        finally
        {
            await client.DisposeAsync().ConfigureAwait(false);
            Context.Connections.Close(connection, result.End, result.Error);
            Leave();
        }
    }

    private async Task<(IConnection? Target, RelayResult Failure)> DialAsync(ForwardedConnection connection)
    {
        try
        {
            (IConnection? target, NodeLease<HostEndPoint>? lease, ForwardException? failure) =
                await ReachAsync(connection, _dialer.DialAsync, _ending.Token).ConfigureAwait(false);
            if (target is null)
            {
                if (!connection.IsAborted)
                {
                    Context.Logger.DialGivenUp(Forward.Name, connection.Client, _options.Attempts, failure!.Message);
                }

                return (null, new RelayResult(connection.IsAborted ? ConnectionEnd.Aborted : ConnectionEnd.DialFailed, failure));
            }

            lease!.Succeed();
            connection.SetTarget(lease.Value);
            return (target, default);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return (null, new RelayResult(ConnectionEnd.Aborted));
        }
    }

    private async Task<RelayResult> RelayAsync(ForwardedConnection connection, IConnection client, IConnection target)
    {
        var session = new RelaySession(client, target, Context.Time);
        _relaying[connection] = session;
        try
        {
            connection.Attach(session);
            if (_ending.IsCancellationRequested)
            {
                session.Abort(ConnectionEnd.Aborted);
            }

            Context.Logger.ConnectionOpened(connection.Id, connection.Client, connection.Target);
            return await _relay.RelayAsync(session).ConfigureAwait(false);
        }
        finally
        {
            _relaying.TryRemove(connection, out _);
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void StartIdleTimer()
    {
        TimeSpan[] limits = [.. new[] { _options.IdleTimeout, _options.HalfOpenTimeout }.Where(t => t != Timeout.InfiniteTimeSpan)];
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
            if (_options.IdleTimeout != Timeout.InfiniteTimeSpan && idle >= _options.IdleTimeout)
            {
                session.Abort(ConnectionEnd.IdleTimeout);
            }
            else if (_options.HalfOpenTimeout != Timeout.InfiniteTimeSpan && session.IsHalfOpen && idle >= _options.HalfOpenTimeout)
            {
                session.Abort(ConnectionEnd.HalfOpenTimeout);
            }
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _active) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
