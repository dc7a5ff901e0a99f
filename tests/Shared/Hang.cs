namespace GostNet.Tests.Shared;

/// <summary>Guards a wait against hanging: it fails the test instead of delaying it for ever.</summary>
internal static class Hang
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task OrFail(this Task task) => task.WaitAsync(Limit);

    public static Task<T> OrFail<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task<T> OrFail<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    public static Task OrFail(this ValueTask task) => task.AsTask().WaitAsync(Limit);
}
