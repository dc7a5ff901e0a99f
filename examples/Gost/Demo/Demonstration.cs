namespace GostNet.Examples.Gost.Demo;

/// <summary>What gost does without arguments: a target, a forward to it, some traffic, and a view of it all.</summary>
internal static class Demonstration
{
    public static async Task RunAsync(CancellationToken stop)
    {
        await using DemoTarget target = DemoTarget.Start();

        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:0", target.EndPoint.ToString(), new() { Name = "demo" })
            .Build();
        await forwarder.StartAsync(stop);

        var url = new Uri($"http://{forwarder.Forwards[0].LocalEndPoint}/");
        Console.WriteLine($"""
            gost forwards a port of this machine to a small target of its own. Try it:

              curl {url}                    a greeting
              curl -N {url}clock            ten seconds, one by one
              curl -o /dev/null {url}big    64 MiB

            Ctrl-C ends the demonstration; gost -h shows how to forward something real.

            """);

        // Both go on until they are told to stop.
        Task view = LiveView.IsPossible ? LiveView.RunAsync(forwarder, stop) : LineView.RunAsync(forwarder, stop);
        Task traffic = DemoTraffic.RunAsync(url, stop);
        await view;
        await traffic;
        await forwarder.StopAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
    }
}
