namespace GostNet.Transports;

/// <summary>A session whose connections are counted, so that it can be closed when nobody uses it.</summary>
/// <remarks>It belongs to a <see cref="LiveSessions"/>, which closes it at the latest.</remarks>
internal sealed class SharedSession : IAsyncDisposable
{
    private readonly IMultiplexSession _session;
    private readonly TimeProvider _time;
    private readonly TimeSpan _idleTimeout;
    private readonly Lock _gate = new();
    private readonly Lazy<Task> _closing;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _idleTimer;
    private int _open = 1; // whoever made it
    private bool _isDraining;
    private bool _isClosing;

    /// <summary>Takes a session over.</summary>
    /// <param name="session">The session.</param>
    /// <param name="idleTimeout">How long it may be without a connection; infinite: until the peer ends it.</param>
    /// <param name="time">The clock.</param>
    public SharedSession(IMultiplexSession session, TimeSpan idleTimeout, TimeProvider time)
    {
        _session = session;
        _idleTimeout = idleTimeout;
        _time = time;
        _closing = new(() => Task.Run(async () =>
        {
            try
            {
                await _session.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                {
                    _isClosing = true;
                    _idleTimer?.Dispose();
                }

                _closed.SetResult();
            }
        }));
        Leave();
    }

    /// <summary>Ends once the session has.</summary>
    public Task Completion => _session.Completion;

    /// <summary>Ends once the session is closed here, too: nothing of it is left.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Whether another connection can be opened.</summary>
    public bool CanOpen => !Volatile.Read(ref _isClosing) && !_session.Completion.IsCompleted && _session.CanOpen;

    /// <summary>Opens a connection to the other side.</summary>
    /// <exception cref="IOException">The session has ended, or can hold no more.</exception>
    public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(_session.OpenAsync, cancellationToken);

    /// <summary>Waits for a connection that the other side opens.</summary>
    /// <returns>It, or <see langword="null"/> once the session has ended.</returns>
    public ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) => AcceptAsync(_session.AcceptAsync, cancellationToken);

    /// <summary>The same, in the way that one of the session's connections has.</summary>
    internal async ValueTask<IConnection> OpenAsync(
        Func<CancellationToken, ValueTask<IConnection>> open, CancellationToken cancellationToken)
    {
        if (!TryEnter())
        {
            throw new IOException("The session is being closed, because nobody used it.");
        }

        try
        {
            return SharedConnection.Opened(await open(cancellationToken).ConfigureAwait(false), this);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>The same, in the way that one of the session's connections has.</summary>
    internal async ValueTask<IConnection?> AcceptAsync(
        Func<CancellationToken, ValueTask<IConnection?>> accept, CancellationToken cancellationToken)
    {
        while (await accept(cancellationToken).ConfigureAwait(false) is { } connection)
        {
            if (TryEnter())
            {
                return SharedConnection.Accepted(connection, this);
            }

            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Lets the connections finish, and takes no further one: closes the session behind the last.</summary>
    public void Drain()
    {
        bool isUnused;
        lock (_gate)
        {
            _isDraining = true;
            isUnused = _open == 0;
            _isClosing |= isUnused;
        }

        if (isUnused)
        {
            _ = _closing.Value;
        }
    }

    /// <summary>Closes the session and all its connections.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _isClosing, true);
        await _closing.Value.ConfigureAwait(false);
    }

    /// <summary>A connection has been closed.</summary>
    internal void Leave()
    {
        bool isDrained = false;
        lock (_gate)
        {
            _open--;
            if (_open > 0 || _isClosing)
            {
                return;
            }

            if (_isDraining)
            {
                isDrained = _isClosing = true;
            }
            else if (_idleTimeout != Timeout.InfiniteTimeSpan)
            {
                _idleTimer ??= _time.CreateTimer(static state => ((SharedSession)state!).EndIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _idleTimer.Change(_idleTimeout, Timeout.InfiniteTimeSpan);
            }
        }

        if (isDrained)
        {
            _ = _closing.Value;
        }
    }

    private bool TryEnter()
    {
        lock (_gate)
        {
            if (_isClosing || _isDraining)
            {
                return false;
            }

            _open++;
            _idleTimer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    private void EndIdle()
    {
        lock (_gate)
        {
            if (_open > 0 || _isClosing)
            {
                return; // somebody was faster than the timer
            }

            _isClosing = true;
        }

        _ = _closing.Value;
    }
}
