using System.Diagnostics.CodeAnalysis;
using GostNet.Forwarding;

namespace GostNet;

/// <summary>A set of forwards that are started and stopped together.</summary>
/// <remarks>Made by <see cref="ForwardBuilder.Build"/>. It can be started once.</remarks>
public sealed class Forwarder : IAsyncDisposable
{
    private readonly ForwardRunner[] _runners;
    private readonly ForwardContext _context;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    [SuppressMessage("Usage", "CA2213", Justification = "without a timer or link there is nothing to dispose, and a late stop may use it")]
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<Task> _closing;
    private readonly Lazy<Task> _draining;
    private readonly Lazy<Task> _ending;
    private TaskCompletionSource? _starting;
    private bool _stopRequested;

    internal Forwarder(IEnumerable<ForwardRunner> runners, ForwardContext context)
    {
        _runners = [.. runners];
        _context = context;
        Forwards = [.. _runners.Select(r => r.Forward)];

        // Each step is taken once, whoever asks for it first; on the pool, because what it calls may ask for it again.
        _closing = new(() => Task.Run(StopListeningAsync));
        _draining = new(() => Task.Run(DrainAsync));
        _ending = new(() => Task.Run(EndAsync));
    }

    /// <summary>Raised when a connection has come in, or a datagram flow has begun. The sender is the <see cref="Forward"/>. Handlers
    /// are to return soon; what they throw is logged.</summary>
    public event EventHandler<ForwardedConnectionEventArgs>? ConnectionOpened
    {
        add => _context.Connections.Opened += value;
        remove => _context.Connections.Opened -= value;
    }

    /// <summary>Raised when a connection or datagram flow has ended. The sender is the <see cref="Forward"/>.</summary>
    public event EventHandler<ForwardedConnectionEventArgs>? ConnectionClosed
    {
        add => _context.Connections.Closed += value;
        remove => _context.Connections.Closed -= value;
    }

    /// <summary>The forwards, in the order they were added.</summary>
    public IReadOnlyList<Forward> Forwards { get; }

    /// <summary>The connections and flows that are open at this moment.</summary>
    public IReadOnlyCollection<ForwardedConnection> Connections => _context.Connections.Snapshot();

    /// <summary>Ends when the forwarder has stopped, and fails as soon as one of its forwards ends by itself; the others go on until
    /// they are stopped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to listen on every address of this machine, and to serve. If one address cannot be had, none is kept.</summary>
    /// <remarks>What listens at the far end of a chain is begun, and not waited for: see
    /// <see cref="Forward.WaitUntilListeningAsync"/>.</remarks>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">An address cannot be had; the message says which and why.</exception>
    /// <exception cref="InvalidOperationException">It was started or stopped before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource starting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopRequested, this);
            if (_starting is not null)
            {
                throw new InvalidOperationException("A forwarder can be started once. Build another one.");
            }

            _starting = starting;
        }

        try
        {
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            foreach (ForwardRunner runner in _runners)
            {
                await runner.BindAsync(giveUp.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            starting.SetResult();
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }

        foreach (ForwardRunner runner in _runners)
        {
            _ = WatchAsync(runner.Run());
        }

        starting.SetResult();
    }

    /// <summary>Takes no new connections, lets those there are finish, and ends those that do not. Datagram flows end at once.</summary>
    /// <remarks>May be called again meanwhile: whoever has the least patience ends what is left for all.</remarks>
    /// <param name="drain">How long connections may take to finish; 30 seconds if <see langword="null"/>,
    /// <see cref="Timeout.InfiniteTimeSpan"/> for as long as they like.</param>
    /// <param name="cancellationToken">Ends them right away.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or longer than 49 days.</exception>
    public async Task StopAsync(TimeSpan? drain = null, CancellationToken cancellationToken = default)
    {
        TimeSpan patience = drain ?? TimeSpan.FromSeconds(30);
        if (patience != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(patience, TimeSpan.Zero, nameof(drain));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(patience, TimeSpan.FromMilliseconds(uint.MaxValue - 1), nameof(drain));
        }

        lock (_gate)
        {
            _stopRequested = true;
        }

        // Not WaitAsync with a limit of its own: that lets go of its timer only after it has returned.
        using (var limit = new CancellationTokenSource(patience, _context.Time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken))
        {
            await _draining.Value.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _ending.Value.ConfigureAwait(false);
    }

    /// <summary>Stops, and ends all connections at once.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private async Task DrainAsync()
    {
        await _closing.Value.ConfigureAwait(false);
        await Task.WhenAll(_runners.Select(r => r.DrainedAsync())).ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        try
        {
            await _closing.Value.ConfigureAwait(false);
        }
        finally
        {
            await Task.WhenAll(_runners.Select(r => r.DisposeAsync().AsTask())).ConfigureAwait(false);
            await _context.Sessions.DisposeAsync().ConfigureAwait(false);
            _completion.TrySetResult();
        }
    }

    private async Task StopListeningAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false); // a start that is under way gives up
        await (_starting?.Task ?? Task.CompletedTask).ConfigureAwait(false);
        await Task.WhenAll(_runners.Select(r => r.StopListeningAsync())).ConfigureAwait(false);
    }

    private async Task WatchAsync(Task run)
    {
        try
        {
            await run.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _completion.TrySetException(e);
            _ = _completion.Task.Exception; // nobody has to look at it: the log tells as well
        }
    }
}
