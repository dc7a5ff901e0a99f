namespace GostNet.Internal;

/// <summary>Jobs that belong together, such as the two directions of a tunnel.</summary>
internal static class Jobs
{
    /// <summary>Runs them until the first has ended, cancels the others, and waits for them.</summary>
    /// <exception cref="Exception">What the first threw.</exception>
    public static async Task RunUntilFirstEndsAsync(CancellationToken cancellationToken, params Func<CancellationToken, Task>[] jobs)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] running = Array.ConvertAll(jobs, job => job(ending.Token));
        Task first = await Task.WhenAny(running).ConfigureAwait(false);
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    /// <summary>Starts something that outlives what its caller is in the middle of, and so takes nothing of the caller's context
    /// along.</summary>
    /// <param name="start">Starts it, on this thread: tasks, timers.</param>
    public static Task StartDetached(Func<Task> start)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return start();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return start();
        }
    }
}
