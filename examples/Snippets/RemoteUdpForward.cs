using GostNet;

namespace Snippets;

public static class RemoteUdpForward
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region RemoteUdpForward
        await using Forwarder forwarder = new ForwardBuilder()
            .RemoteUdp(":5353", "192.168.1.1:53", new() { FlowTimeout = TimeSpan.FromSeconds(10) })
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
