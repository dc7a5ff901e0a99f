using GostNet;

namespace Snippets;

public static class SshNodeUrls
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="knownHosts">A file that knows the server.</param>
    /// <param name="use">What the test does while both listen.</param>
    public static async Task RunAsync(INetwork network, string knownHosts, Func<Forwarder, Task> use)
    {
        #region SshNodeUrls
        await using Forwarder forwarder = new ForwardBuilder()
            .UseSsh()
            .Serve("tcp://127.0.0.1:5432/db.internal:5432")
            .Serve("rtcp://:8080/127.0.0.1:80")
            .Via($"forward+ssh://alice:secret@gw.example.com:22?known_hosts={knownHosts}")
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #endregion
        await use(forwarder);
    }
}
