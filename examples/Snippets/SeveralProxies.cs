using GostNet;

namespace Snippets;

public static class SeveralProxies
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region SeveralProxies
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", "db.internal:5432", new() { Attempts = 2 })
            .Via(hop => hop
                .Socks5("10.0.0.1:1080")
                .Http("10.0.0.2:3128")
                .Select(new() { Strategy = SelectionStrategy.Fifo }))
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
