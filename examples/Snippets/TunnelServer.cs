using GostNet;

namespace Snippets;

public static class TunnelServer
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="file">Where the certificate is kept.</param>
    /// <param name="use">What the test does while the forward listens.</param>
    public static async Task RunAsync(INetwork network, string file, Func<Forwarder, Task> use)
    {
        #region TunnelServer
        ServerTransport transport = ServerTransport.Tcp.Tls(new() { SelfSignedFile = file }).Multiplex();
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp(":443", "127.0.0.1:5432", new() { Transport = transport })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
