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
}
