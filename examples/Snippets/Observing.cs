using GostNet;
using Microsoft.Extensions.Logging;

namespace Snippets;

public static class Observing
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region Observing
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddConsole());
        await using Forwarder forwarder = new ForwardBuilder()
            .UseLoggerFactory(loggers)
            .LocalTcp("127.0.0.1:8080", "example.com:80")
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        forwarder.ConnectionClosed += (_, e) => Console.WriteLine(
            $"{e.Connection.Client} read {e.Connection.BytesFromTarget} bytes of {e.Connection.Target}: {e.Connection.End}");
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
