using GostNet;

namespace Snippets;

public static class ShadowsocksServer
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="use">What the test does while the server listens.</param>
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region ShadowsocksServer
        var options = new ShadowsocksServerOptions { Method = "chacha20-ietf-poly1305", Password = "secret" };
        await using Forwarder forwarder = new ForwardBuilder()
            .ServeShadowsocks(":8388", options)
            .ServeShadowsocksUdp(":8388", options)
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
