using GostNet;

namespace Snippets;

public static class ProxyServer
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region ProxyServer
        var options = new HttpProxyServerOptions
        {
            Authenticator = Authenticators.Users(new("alice", "secret"), new("bob", "hidden")),
            Whitelist = "tcp:*.example.com:80,443 rtcp:*:8000-8999",
        };
        await using Forwarder forwarder = new ForwardBuilder()
            .ServeAuto(":1080", options)
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
