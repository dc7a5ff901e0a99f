using GostNet;

namespace Snippets;

public static class SeveralTargets
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region SeveralTargets
        var options = new LocalTcpOptions
        {
            Attempts = 2,
            Selection = new() { MaxFails = 3, FailTimeout = TimeSpan.FromSeconds(10) },
        };
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:8080", ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"], options)
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
