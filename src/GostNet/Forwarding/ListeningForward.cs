using GostNet.Diagnostics;

namespace GostNet.Forwarding;

/// <summary>A forward that listens, on this machine or at the far end of a chain.</summary>
/// <typeparam name="TListener">What listening gives.</typeparam>
internal abstract class ListeningForward<TListener>(Forward forward, Binding<TListener> binding, ForwardContext context)
    : ForwardRunner(forward, context)
    where TListener : class, IAsyncDisposable
{
    private TListener? _listener;

    /// <summary>Whether a listener may be lost and come back.</summary>
    protected bool IsRemote => binding.IsRemote;

    public override async Task BindAsync(CancellationToken cancellationToken)
    {
        if (binding.IsRemote)
        {
            Forward.MoveTo(ForwardState.Connecting);
            return;
        }

        TListener listener = await binding.ListenAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _listener, listener);
        SetListening(listener);
    }

    protected sealed override Task ServeAsync() => binding.IsRemote ? ServeRemoteAsync() : ServeAsync(_listener!);

    /// <summary>Serves what arrives at a listener until it is closed or lost.</summary>
    /// <exception cref="IOException">It was lost, which only happens to one at the far end of a chain.</exception>
    protected abstract Task ServeAsync(TListener listener);

    /// <summary>Where a listener listens.</summary>
    protected abstract System.Net.EndPoint LocalEndPointOf(TListener listener);

    protected override ValueTask CloseListenerAsync() => Volatile.Read(ref _listener)?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ServeRemoteAsync()
    {
        var backoff = new BindBackoff(Random.Shared);
        while (!Stopping.IsCancellationRequested)
        {
            TimeSpan listenedFor = TimeSpan.Zero;
            IOException? failure = null;
            try
            {
                Forward.MoveTo(ForwardState.Connecting);
                TListener listener = await binding.ListenAsync(Stopping).ConfigureAwait(false);
                long since = Context.Time.GetTimestamp();
                await using (listener.ConfigureAwait(false)) // the far port is free before it is asked for again
                {
                    // A full fence: either this sees the stop, or the stop sees what to close.
                    Interlocked.Exchange(ref _listener, listener);
                    if (Stopping.IsCancellationRequested)
                    {
                        return;
                    }

                    SetListening(listener);
                    try
                    {
                        await ServeAsync(listener).ConfigureAwait(false);
                    }
                    finally
                    {
                        listenedFor = Context.Time.GetElapsedTime(since);
                    }
                }
            }
            catch (IOException e)
            {
                failure = e;
            }
            catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
            {
                return;
            }

            if (!Stopping.IsCancellationRequested)
            {
                failure ??= new ForwardException(ForwardError.ConnectionClosed, "The far end stopped listening.");
                TimeSpan wait = backoff.Next(listenedFor);
                Task waiting = Task.Delay(wait, Context.Time, Stopping); // before anybody hears of it, so that it has begun by then
                Forward.Error = failure;
                Forward.MoveTo(ForwardState.BackingOff);
                Context.Logger.FarEndLost(Forward.Name, wait.TotalSeconds, failure.Message);
                await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void SetListening(TListener listener)
    {
        Forward.LocalEndPoint = LocalEndPointOf(listener);
        Forward.Error = null;
        if (Forward.MoveTo(ForwardState.Listening))
        {
            Context.Logger.ForwardListening(Forward.Name, Forward.LocalEndPoint);
        }
    }
}
