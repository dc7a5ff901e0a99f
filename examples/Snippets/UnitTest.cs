using GostNet;
using GostNet.Testing;
using Xunit;

namespace Snippets;

public static class UnitTest
{
    public static async Task RunAsync()
    {
        #region UnitTest
        InMemoryNetwork network = new();
        await using IListener standby = await network.ListenAsync(new("db2", 5432));
        network.Fail(new("db1", 5432), ForwardError.ConnectionRefused);

        await using Forwarder forwarder = new ForwardBuilder()
            .UseNetwork(network)
            .LocalTcp("127.0.0.1:5432", ["db1:5432", "db2:5432"], new() { Attempts = 2 })
            .Build();
        await forwarder.StartAsync();

        await using IConnection client = await network.Dialer.DialAsync(new("127.0.0.1", 5432));
        await using IConnection? server = await standby.AcceptAsync();
        Assert.Equal([new("127.0.0.1", 5432), new("db1", 5432), new("db2", 5432)], network.Dials);
        #endregion
    }
}
