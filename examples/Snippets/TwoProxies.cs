using GostNet;

namespace Snippets;

public static class TwoProxies
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region TwoProxies
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", "db.internal:5432")
            .ViaHttp("proxy.example.com:3128", new() { Credential = new("alice", "secret") })
            .ViaSocks5("10.0.0.1:1080", new() { Credential = new("bob", "secret") })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
