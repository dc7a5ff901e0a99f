using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Threading.Channels;
using GostNet.Diagnostics;
using GostNet.Internal;

namespace GostNet.Transports;

/// <summary>A listener whose connections are ready when the layers of a transport are: their handshakes run beside one another, each
/// with a deadline, and nobody hears of those that fail (gost-nodes, section 6, A8, A9, A15).</summary>
internal sealed class TransportListener : IListener
{
    // Behind this many that nobody has accepted yet, the next ones wait below.
    private const int Backlog = 1024;

    private readonly IListener _inner;
    private readonly TransportLayers _layers;
    private readonly TransportListenerSettings _settings;
    private readonly LiveSessions _sessions;
    private readonly PendingHandshakes _pending;
    private readonly Channel<(IConnection? Connection, IOException? Failure)> _arrivals =
        Channel.CreateBounded<(IConnection?, IOException?)>(
            new BoundedChannelOptions(Backlog) { AllowSynchronousContinuations = SocketThreads.RunContinuations });

    private readonly RunningCount _running = new();
    [SuppressMessage("Usage", "CA2213", Justification = "without a timer or link there is nothing to dispose, and who is late may use it")]
    private readonly CancellationTokenSource _stopping = new();
    [SuppressMessage("Usage", "CA2213", Justification = "without a wait handle there is nothing to dispose, and who is late may use it")]
    private readonly SemaphoreSlim _resumed = new(0);
    private readonly Lazy<Task> _closing;
    private int _isPausing;

    /// <summary>Begins to accept.</summary>
    /// <param name="inner">Where the connections below arrive; owned by this from now on.</param>
    /// <param name="layers">What goes over them.</param>
    /// <param name="sessions">Whose sessions they are, if the transport multiplexes.</param>
    /// <param name="settings">The rest.</param>
    public TransportListener(IListener inner, TransportLayers layers, LiveSessions sessions, TransportListenerSettings settings)
    {
        _inner = inner;
        _layers = layers;
        _sessions = sessions;
        _settings = settings;
        _pending = new(settings.MaxHandshakes, settings.Time);
        _closing = new(() => Task.Run(CloseAsync));
        _ = Task.Run(AcceptLoopAsync);
    }

    public EndPoint LocalEndPoint => _inner.LocalEndPoint;

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isPausing, 0) == 1)
        {
            _resumed.Release(); // whoever heard of a failure comes back when it is time to try again
        }

        while (await _arrivals.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_arrivals.Reader.TryRead(out (IConnection? Connection, IOException? Failure) arrival))
            {
                return arrival.Connection ?? throw arrival.Failure!;
            }
        }

        return null;
    }

    /// <summary>Accepts nothing more. Unfinished handshakes are given up; sessions go on as long as their connections do.</summary>
    public async ValueTask DisposeAsync() => await _closing.Value.ConfigureAwait(false);

    private async Task CloseAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await _running.Drained.ConfigureAwait(false);
        _arrivals.Writer.TryComplete();
        while (_arrivals.Reader.TryRead(out (IConnection? Connection, IOException? Failure) arrival))
        {
            if (arrival.Connection is { } connection)
            {
                await connection.DropAsync().ConfigureAwait(false);
            }
        }

        _pending.Dispose();
    }

    private async Task AcceptLoopAsync()
    {
        CancellationToken stop = _stopping.Token;
        try
        {
            while (true)
            {
                await _pending.WaitAsync(stop).ConfigureAwait(false);
                IConnection? carrier;
                try
                {
                    carrier = await _inner.AcceptAsync(stop).ConfigureAwait(false);
                }
                catch (IOException e)
                {
                    _pending.Release();
                    Volatile.Write(ref _isPausing, 1);
                    await _arrivals.Writer.WriteAsync((null, e), stop).ConfigureAwait(false);
                    await _resumed.WaitAsync(stop).ConfigureAwait(false);
                    continue;
                }

                if (carrier is null)
                {
                    _arrivals.Writer.TryComplete();
                    return;
                }

                _running.Enter();
                _ = PrepareAsync(carrier); // sees to its own failures, and is waited for by its place in the count
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            _running.Leave();
        }
    }

    private async Task PrepareAsync(IConnection carrier)
    {
        TimeProvider time = _settings.Time;
        using var limit = new CancellationTokenSource(_settings.HandshakeTimeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        LinkedListNode<PendingHandshake> pending = _pending.Add(new(carrier, stop, time.GetTimestamp()));
        EndPoint? client = carrier.RemoteEndPoint;
        SharedSession? session = null;
        try
        {
            try
            {
                if (_layers.Multiplexing is null)
                {
                    IConnection connection = await _layers.WrapAsync(carrier, stop.Token).ConfigureAwait(false);
                    await OfferAsync(connection).ConfigureAwait(false);
                }
                else
                {
                    session = await _sessions.StartAsync(
                        _ => _layers.StartSessionAsync(carrier, stop.Token), Timeout.InfiniteTimeSpan).ConfigureAwait(false);
                }
            }
            finally
            {
                _pending.Remove(pending);
            }

            if (session is not null)
            {
                await ServeAsync(session).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            if (session is null)
            {
                await carrier.DropAsync().ConfigureAwait(false);
            }

            if (_stopping.IsCancellationRequested)
            {
                return; // everything that was begun is given up
            }

            string reason = limit.IsCancellationRequested ? $"it was not done within {_settings.HandshakeTimeout.TotalSeconds:0.###} s"
                : e is OperationCanceledException ? "it made way for others" : e.Message;
            _settings.Metrics.HandshakeFailed(_settings.Name);
            _settings.Logger.HandshakeFailed(_settings.Name, client, reason);
        }
        finally
        {
            _running.Leave();
        }
    }

    /// <summary>Hands on what the peer of a session opens, until the session ends or the listener is closed. In the latter case the
    /// session ends with its last connection.</summary>
    private async Task ServeAsync(SharedSession session)
    {
        try
        {
            while (await session.AcceptAsync(_stopping.Token).ConfigureAwait(false) is { } connection)
            {
                await OfferAsync(connection).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            session.Drain();
            _ = RefuseAsync(session);
        }
    }

    /// <summary>Turns away what is opened over a session that is about to end.</summary>
    private static async Task RefuseAsync(SharedSession session)
    {
        try
        {
            while (await session.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is { } connection)
            {
                await connection.DropAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The session has ended, and with it what this is about.
        }
    }

    private async Task OfferAsync(IConnection connection)
    {
        try
        {
            await _arrivals.Writer.WriteAsync((connection, null), _stopping.Token).ConfigureAwait(false);
        }
        catch
        {
            await connection.DropAsync().ConfigureAwait(false);
            throw;
        }
    }
}
