namespace GostNet.Testing;

/// <summary>Runs at once what needs no waiting, and puts what it throws into the task, where a socket puts it too.</summary>
internal static class InMemoryTask
{
    public static async ValueTask<T> RunAsync<T>(Func<T> action)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        return action();
    }

    public static async ValueTask RunAsync(Action action)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        action();
    }
}
