namespace GostNet.Tests.Shared;

/// <summary>Those who wait until an object is in some state. Its owner calls both members under its own lock.</summary>
internal sealed class StateWaiters
{
    private readonly List<(Func<bool> Condition, TaskCompletionSource Source)> _waiting = [];

    public Task WaitAsync(Func<bool> condition)
    {
        if (condition())
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((condition, source));
        return source.Task;
    }

    public void Changed() => _waiting.RemoveAll(waiter => waiter.Condition() && waiter.Source.TrySetResult());
}
