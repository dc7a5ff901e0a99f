using GostNet;

namespace Snippets;

public static class NodeUrls
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region NodeUrls
        await using Forwarder forwarder = new ForwardBuilder()
            .Serve("tcp://:2222/192.168.1.1:22")
            .Via("socks5://10.0.0.1:1080")
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
