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
    [SuppressMessage("Usage", "CA2213", Justification = "without a wait handle there is nothing to dispose, and disposing twice is allowed")]
    private readonly SemaphoreSlim _turn = new(1);

    private bool _started;
    private bool _stopped;

    internal Forwarder(IEnumerable<ForwardRunner> runners, ForwardContext context)
    {
        _runners = [.. runners];
        _context = context;
        Forwards = [.. _runners.Select(r => r.Forward)];
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

    /// <summary>Begins to listen on every address, and to serve. If one address cannot be had, none is kept.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">An address cannot be had; the message says which and why.</exception>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (_started)
            {
                throw new InvalidOperationException("A forwarder can be started once. Build another one.");
            }

            _started = true;
            try
            {
                foreach (ForwardRunner runner in _runners)
                {
                    await runner.BindAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch
            {
                await EndAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
                throw;
            }

            foreach (ForwardRunner runner in _runners)
            {
                _ = WatchAsync(runner.Run());
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes no new connections, lets those there are finish, and ends those that do not. Datagram flows end at once.</summary>
    /// <param name="drain">How long connections may take to finish; 30 seconds if <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends them right away.</param>
    public async Task StopAsync(TimeSpan? drain = null, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await EndAsync(drain ?? TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops, and ends all connections at once.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    private async Task EndAsync(TimeSpan drain, CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await Task.WhenAll(_runners.Select(r => r.StopListeningAsync())).ConfigureAwait(false);
        if (drain > TimeSpan.Zero)
        {
            await Task.WhenAll(_runners.Select(r => r.DrainedAsync()))
                .WaitAsync(drain, _context.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_runners.Select(r => r.DisposeAsync().AsTask())).ConfigureAwait(false);
        _completion.TrySetResult();
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
        }
    }
}
