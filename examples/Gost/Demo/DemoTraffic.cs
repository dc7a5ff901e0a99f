namespace GostNet.Examples.Gost.Demo;

/// <summary>A few clients, so that there is something to see.</summary>
internal static class DemoTraffic
{
    public static async Task RunAsync(Uri url, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Task.WhenAll(
            RepeatAsync(client, url, TimeSpan.FromSeconds(5), stop),
            RepeatAsync(client, new Uri(url, "clock"), TimeSpan.FromSeconds(3), stop),
            RepeatAsync(client, new Uri(url, "big"), TimeSpan.FromSeconds(20), stop));
    }

    private static async Task RepeatAsync(HttpClient client, Uri url, TimeSpan pause, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using Stream answer = await client.GetStreamAsync(url, stop);
                await answer.CopyToAsync(Stream.Null, stop);
                await Task.Delay(pause, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
