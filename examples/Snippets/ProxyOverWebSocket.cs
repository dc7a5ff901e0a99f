using GostNet;

namespace Snippets;

public static class ProxyOverWebSocket
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="use">What the test does while the forward listens.</param>
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region ProxyOverWebSocket
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", "db.internal:5432")
            .ViaSocks5("gw.example.com:443", new()
            {
                Transport = ClientTransport.Tcp.Tls().WebSocket(new() { Path = "/chat" }),
                Credential = new("alice", "secret"),
            })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        #endregion
        await use(forwarder);
    }
}
