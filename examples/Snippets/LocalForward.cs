#region LocalForward
using GostNet;
#endregion

namespace Snippets;

public static class LocalForward
{
    /// <param name="network">What the test listens and dials in.</param>
    /// <param name="use">What the test does while the forward listens.</param>
    public static async Task RunAsync(INetwork network, Func<Forwarder, Task> use)
    {
        #region LocalForward
        await using Forwarder forwarder = new ForwardBuilder()
            .LocalTcp("127.0.0.1:8080", "example.com:80")
            #region not shown
            .UseNetwork(network)
            #endregion
            .Build();
        await forwarder.StartAsync();
        #region not shown
        await use(forwarder);
        await forwarder.StopAsync();
        #endregion
        await forwarder.Completion; // as long as the program is to forward
        #endregion
    }
}
