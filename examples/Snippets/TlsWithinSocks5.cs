using GostNet;

namespace Snippets;

public static class TlsWithinSocks5
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="pin">The server's public key, as <c>sha256:</c> and its hash.</param>
    /// <param name="use">What the test does while the forward listens.</param>
    public static async Task RunAsync(INetwork network, string pin, Func<Forwarder, Task> use)
    {
        #region TlsWithinSocks5
        var options = new Socks5ProxyOptions { Tls = new() { Pins = [pin] }, RequireTls = true, Credential = new("alice", "secret") };
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", "db.internal:5432")
            .ViaSocks5("gw.example.com:1080", options)
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
