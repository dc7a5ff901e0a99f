using GostNet;

namespace Snippets;

public static class TunnelClient
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="pin">The server's public key, as <c>sha256:</c> and its hash.</param>
    /// <param name="use">What the test does while the forward listens.</param>
    public static async Task RunAsync(INetwork network, string pin, Func<Forwarder, Task> use)
    {
        #region TunnelClient
        ClientTransport transport = ClientTransport.Tcp.Tls(new() { Pins = [pin] }).Multiplex();
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", [])
            .ViaTunnel("gw.example.com:443", new() { Transport = transport })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
