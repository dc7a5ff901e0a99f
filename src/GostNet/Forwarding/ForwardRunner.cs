using GostNet.Diagnostics;

namespace GostNet.Forwarding;

/// <summary>The running side of a <see cref="Forward"/>: binds, serves, drains, ends.</summary>
internal abstract class ForwardRunner(Forward forward, ForwardContext context) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _serving = Task.CompletedTask;

    public Forward Forward { get; } = forward;

    protected ForwardContext Context { get; } = context;

    /// <summary>Cancelled once the forward takes no new connections.</summary>
    protected CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins to listen, if that is on this machine.</summary>
    public abstract Task BindAsync(CancellationToken cancellationToken);

    /// <summary>Serves until it is stopped.</summary>
    /// <returns>A task that fails if the forward ends by itself.</returns>
    public Task Run() => _serving = RunAsync();

    /// <summary>Takes no new connections; those there are go on.</summary>
    public async Task StopListeningAsync()
    {
        // What was never started has nothing to drain, and whoever waits for it is to hear that it will not listen.
        Forward.MoveTo(Forward.State == ForwardState.Created ? ForwardState.Stopped : ForwardState.Draining);

        try
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            await CloseListenerAsync().ConfigureAwait(false);
        }
        finally
        {
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ServingEnded();
        }
    }

    /// <summary>Waits until no connection is left.</summary>
    public abstract Task DrainedAsync();

    /// <summary>Ends what is left and releases everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndConnectionsAsync().ConfigureAwait(false);
        if (Forward.MoveTo(ForwardState.Stopped))
        {
            Context.Logger.ForwardStopped(Forward.Name);
        }

        _stopping.Dispose();
    }

    /// <summary>Serves until the listener is closed.</summary>
    /// <returns>Ends as soon as nothing listens any more.</returns>
    protected abstract Task ServeAsync();

    protected abstract ValueTask CloseListenerAsync();

    /// <summary>Nothing new will be served.</summary>
    protected virtual void ServingEnded()
    {
    }

    protected abstract Task EndConnectionsAsync();

    private async Task RunAsync()
    {
        try
        {
            await ServeAsync().ConfigureAwait(false);
            if (!Stopping.IsCancellationRequested)
            {
                throw new IOException($"The listener of {Forward.Name} was closed by somebody else.");
            }
        }
        catch (Exception e)
        {
            Forward.Error = e;
            Forward.MoveTo(ForwardState.Faulted);
            Context.Logger.ForwardFaulted(e, Forward.Name);
            throw;
        }
    }
}
