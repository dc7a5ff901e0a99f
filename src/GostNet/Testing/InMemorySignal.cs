namespace GostNet.Testing;

/// <summary>Tells those who wait that something changed. Take <see cref="Next"/> before looking at the state.</summary>
internal sealed class InMemorySignal
{
    private TaskCompletionSource _next = Create();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, Create()).SetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
