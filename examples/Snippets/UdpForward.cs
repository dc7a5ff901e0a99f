using GostNet;

namespace Snippets;

public static class UdpForward
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region UdpForward
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalUdp("127.0.0.1:5353", "10.0.0.53:53", new() { FlowTimeout = TimeSpan.FromSeconds(10) })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
