namespace GostNet.Internal;

/// <summary>Counts what runs for an owner, and tells when all of it has ended. The owner counts as one from the start, so that nothing is
/// over before it has left too.</summary>
internal sealed class RunningCount
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1;

    /// <summary>Completes once everybody has left.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Counts one more.</summary>
    /// <returns>How many there are now, with the owner.</returns>
    public int Enter() => Interlocked.Increment(ref _count);

    /// <summary>Counts one less.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
