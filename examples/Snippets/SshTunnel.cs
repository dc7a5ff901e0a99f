using GostNet;

namespace Snippets;

public static class SshTunnel
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="fingerprint">That of the server's key.</param>
    /// <param name="use">What the test does while the forward listens.</param>
    public static async Task RunAsync(INetwork network, string fingerprint, Func<Forwarder, Task> use)
    {
        #region SshTunnel
        ClientTransport transport = ClientTransport.Tcp.Ssh(new() { Credential = new("alice", "secret"), HostKeyPins = [fingerprint] });
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", "db.internal:5432")
            .ViaSocks5("gw.example.com:2222", new() { Transport = transport })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
