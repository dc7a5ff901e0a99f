using GostNet;

namespace Snippets;

public static class UdpThroughProxy
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region UdpThroughProxy
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalUdp("127.0.0.1:5353", "10.0.0.53:53")
            .ViaSocks5("gw.example.com:1080")
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
