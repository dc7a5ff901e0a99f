using System.Diagnostics.CodeAnalysis;
using GostNet.Internal;

namespace GostNet.Transports;

/// <summary>The sessions of one owner that live at this moment: it is to outlive none of them.</summary>
internal sealed class LiveSessions(TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<SharedSession> _sessions = [];
    private readonly RunningCount _starting = new();
    [SuppressMessage("Usage", "CA2213", Justification = "without a timer or link there is nothing to dispose, and who is late may use it")]
    private readonly CancellationTokenSource _stopping = new();
    private bool _isClosed;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Starts a session, unless the owner has ended.</summary>
    /// <param name="start">Starts it. Its token is cancelled when the owner ends.</param>
    /// <param name="idleTimeout">How long the session may be without a connection; infinite: until the peer ends it.</param>
    /// <exception cref="ObjectDisposedException">The owner has ended.</exception>
    public async Task<SharedSession> StartAsync(Func<CancellationToken, ValueTask<IMultiplexSession>> start, TimeSpan idleTimeout)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _starting.Enter();
        }

        try
        {
            var session = new SharedSession(await start(_stopping.Token).ConfigureAwait(false), idleTimeout, time);
            bool isTooLate;
            lock (_gate)
            {
                isTooLate = _isClosed;
                _sessions.Add(session);
            }

            _ = WatchAsync(session);
            if (isTooLate)
            {
                await session.DisposeAsync().ConfigureAwait(false);
                ObjectDisposedException.ThrowIf(true, this);
            }

            return session;
        }
        finally
        {
            _starting.Leave();
        }
    }

    /// <summary>Ends all sessions, and what is about to become one.</summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst;
        SharedSession[] sessions;
        lock (_gate)
        {
            isFirst = !_isClosed;
            _isClosed = true;
            sessions = [.. _sessions];
        }

        if (isFirst)
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            _starting.Leave();
        }

        await Task.WhenAll(sessions.Select(s => s.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _starting.Drained.ConfigureAwait(false);
    }

    private async Task WatchAsync(SharedSession session)
    {
        await session.Completion.ConfigureAwait(false);
        session.Drain(); // what it has brought may not be read yet, and goes with its streams
        await session.Closed.ConfigureAwait(false);
        lock (_gate)
        {
            _sessions.Remove(session);
        }
    }
}
