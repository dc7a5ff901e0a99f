using GostNet;

namespace Snippets;

public static class SshForwards
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="keyFile">A private key that the server knows.</param>
    /// <param name="passphrase">What opens it.</param>
    /// <param name="fingerprint">That of the server's key.</param>
    /// <param name="use">What the test does while both listen.</param>
    public static async Task RunAsync(
        INetwork network, string keyFile, string passphrase, string fingerprint, Func<Forwarder, Task> use)
    {
        #region SshForwards
        var options = new SshClientOptions { KeyFiles = [keyFile], KeyPassphrase = passphrase };
        #region not shown
        options.HostKeyPins = [fingerprint];
        #endregion
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:5432", "db.internal:5432")
            .RemoteTcp(":8080", "127.0.0.1:80")
            .ViaSsh("alice@gw.example.com", options)
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        await forwarder.Forwards[1].WaitUntilListeningAsync();
        #endregion
        await use(forwarder);
    }
}
