namespace GostNet.Internal;

/// <summary>A limit on a job that now and then waits for others, whose time is not its own.</summary>
/// <remarks>After each pause the whole time is there again. It may be paused and resumed late, when it is disposed of already.</remarks>
internal sealed class PausableLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _source;
    private readonly Lock _gate = new();
    private int _pauses;
    private bool _isDisposed;

    /// <summary>Starts a limit.</summary>
    /// <param name="limit">How long the job may take, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="time">The clock.</param>
    public PausableLimit(TimeSpan limit, TimeProvider time)
    {
        _limit = limit;
        _source = new CancellationTokenSource(limit, time);
        Token = _source.Token;
    }

    /// <summary>Cancelled once the time has passed.</summary>
    public CancellationToken Token { get; }

    /// <summary>Stops the clock. Several pauses may overlap.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            if (_pauses++ == 0)
            {
                Set(Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Ends a pause.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (--_pauses == 0)
            {
                Set(_limit);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _source.Dispose();
        }
    }

    private void Set(TimeSpan left)
    {
        if (!_isDisposed)
        {
            _source.CancelAfter(left);
        }
    }
}
