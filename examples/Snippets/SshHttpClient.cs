using GostNet;

namespace Snippets;

public static class SshHttpClient
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="keyFile">A private key that the server knows.</param>
    /// <param name="fingerprint">That of the server's key.</param>
    public static async Task<string> RunAsync(INetwork network, string keyFile, string fingerprint)
    {
        #region SshHttpClient
        IDialer dialer = new ForwardBuilder()
            .ViaSsh("alice@gw.example.com", new() { KeyFiles = [keyFile], HostKeyPins = [fingerprint] })
            #region not shown
            .UseNetwork(network)
            #endregion
            .BuildDialer();
        using var handler = new SocketsHttpHandler { ConnectCallback = dialer.ToConnectCallback(), UseProxy = false };
        using var client = new HttpClient(handler);
        string page = await client.GetStringAsync(new Uri("http://intranet.example.com/"));
        #endregion
        return page;
    }
}
