using GostNet;

namespace Snippets;

public static class SshServer
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="authorizedKeys">The keys that may log in.</param>
    /// <param name="hostKey">The server's key.</param>
    /// <param name="use">What the test does while the server listens.</param>
    public static async Task RunAsync(INetwork network, string authorizedKeys, string hostKey, Func<Forwarder, Task> use)
    {
        #region SshServer
        var options = new SshServerOptions
        {
            AuthorizedKeysFile = authorizedKeys,
            HostKeyFiles = [hostKey],
            PermitOpen = "db.internal:5432",
            PermitListen = "8080",
        };
        await using Forwarder forwarder = new ForwardBuilder()
            .ServeSsh(":2222", options)
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
