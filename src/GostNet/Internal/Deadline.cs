namespace GostNet.Internal;

/// <summary>Puts a limit on one step of reaching a target.</summary>
internal static class Deadline
{
    /// <summary>Runs a step; if the limit passes first, cancels it and throws <see cref="ForwardError.TimedOut"/>.</summary>
    /// <param name="limit">How long the step may take, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="state">Passed to <paramref name="step"/> and <paramref name="describe"/>.</param>
    /// <param name="step">What is to be done.</param>
    /// <param name="describe">Says what did not happen in time, as the beginning of a message.</param>
    /// <param name="cancellationToken">The caller's cancellation; it goes through as it is.</param>
    public static async ValueTask<T> RunAsync<TState, T>(
        TimeSpan limit,
        TimeProvider time,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> step,
        Func<TState, string> describe,
        CancellationToken cancellationToken)
    {
        if (limit == Timeout.InfiniteTimeSpan)
        {
            return await step(state, cancellationToken).ConfigureAwait(false);
        }

        using var timeout = new CancellationTokenSource(limit, time);
        using CancellationTokenSource? both = cancellationToken.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token)
            : null;
        try
        {
            return await step(state, (both ?? timeout).Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ForwardException(ForwardError.TimedOut, $"{describe(state)} within {limit.TotalSeconds:0.###} s.", e);
        }
    }
}
