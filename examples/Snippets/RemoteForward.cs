using GostNet;

namespace Snippets;

public static class RemoteForward
{
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region RemoteForward
        await using Forwarder forwarder = new ForwardBuilder()
            .RemoteTcp(":2222", "127.0.0.1:22")
            .ViaSocks5("gw.example.com:1080", new() { Credential = new("alice", "secret"), MultiplexBind = true })
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        await forwarder.Forwards[0].WaitUntilListeningAsync();
        #endregion
        await use(forwarder);
    }
}
