using GostNet;

namespace Snippets;

public static class FarListener
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="listening">Tells the test that the far end listens.</param>
    /// <param name="handle">What the test does with a connection.</param>
    public static async Task RunAsync(INetwork network, Action listening, Func<IConnection, Task> handle)
    {
        #region FarListener
        INetwork far = new ForwardBuilder()
            .ViaSocks5("gw.example.com:1080", new() { MultiplexBind = true })
            #region not shown
            .UseNetwork(network)
            #endregion
            .BuildNetwork();
        await using IListener listener = await far.ListenAsync(new("", 8080));
        #region not shown
        listening();
        #endregion
        while (await listener.AcceptAsync() is { } connection)
        {
            _ = handle(connection); // disposes of it
        }
        #endregion
    }
}
