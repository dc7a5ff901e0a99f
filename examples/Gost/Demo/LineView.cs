namespace GostNet.Examples.Gost.Demo;

/// <summary>A line for each connection that comes or goes: for output that is no terminal.</summary>
internal static class LineView
{
    public static async Task RunAsync(Forwarder forwarder, CancellationToken stop)
    {
        forwarder.ConnectionOpened += (_, e) => Console.WriteLine($"opened {Show.Name(e.Connection)}");
        forwarder.ConnectionClosed += (_, e) => Console.WriteLine(
            $"closed {Show.Name(e.Connection)}: {e.Connection.End}, {Show.Bytes(e.Connection.BytesFromClient)} sent, "
            + $"{Show.Bytes(e.Connection.BytesFromTarget)} received, {Show.Time(e.Connection.Duration)}");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
