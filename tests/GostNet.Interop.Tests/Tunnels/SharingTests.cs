using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>Many connections at a time through one tunnel, and how many of TCP's it takes: a forward in between counts.</summary>
public sealed class SharingTests
{
    private const int Clients = 30;

    [Theory]
    [InlineData("tls", "", "", Clients)]
    [InlineData("mtls", "", "", 1)]
    [InlineData("mwss", "", "", 1)]
    [InlineData("mws", "compression=true", "compression=true", 1)]
    [InlineData("ws", "compression=true", "compression=true", Clients)]
    [InlineData("ws", "", "compression=true", Clients)]
    [InlineData("ws", "compression=true", "", Clients)]
    [InlineData("wss", "path=/chat", "path=/chat&agent=somebody&host=front.example&wbuf=512", Clients)]
    public async Task Tunnel_ManyAtATime_AreCarriedWhole(string transport, string server, string client, int carriers)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await ServeAsync(transport, target, server);
        await using Forwarder between = await CountAsync(far);
        await using Forwarder near = await ConnectAsync(transport, between, client);

        await EchoAsync(near, Clients).OrFail();

        Assert.Equal(carriers, between.Forwards[0].TotalConnections);
    }

    /// <remarks>A connection does not wait for a session if there is one already, but lets another one start.</remarks>
    [Theory]
    [InlineData("mtls")]
    [InlineData("mwss")]
    public async Task Tunnel_SeveralSessions_AreOpenedOneByOne(string transport)
    {
        const int Sessions = 3;
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await ServeAsync(transport, target, "");
        await using Forwarder between = await CountAsync(far);
        await using Forwarder near = await ConnectAsync(transport, between, $"sessions={Sessions}");

        for (int i = 0; between.Forwards[0].TotalConnections < Sessions; i++)
        {
            Assert.InRange(i, 0, 1000);
            await EchoAsync(near, 1).OrFail();
        }

        await EchoAsync(near, Clients).OrFail();
        Assert.Equal(Sessions, between.Forwards[0].TotalConnections);
    }

    private static Task<Forwarder> ServeAsync(string transport, TcpTarget target, string parameters) => LocalForward.Of(
        $"{transport}://{LocalForward.AnyPort}/{LocalForward.At(target.Port)}?{parameters}").StartAsync();

    private static Task<Forwarder> CountAsync(Forwarder far) =>
        LocalForward.Of($"tcp://{LocalForward.AnyPort}/{far.Address()}").StartAsync();

    private static Task<Forwarder> ConnectAsync(string transport, Forwarder server, string parameters) => LocalForward.Of(
        $"tcp://{LocalForward.AnyPort}", $"forward+{transport}://{server.Address()}?{parameters}").StartAsync();

    private static Task EchoAsync(Forwarder near, int clients) => Task.WhenAll(Enumerable.Range(0, clients).Select(seed =>
        TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed, size: 300_000)));
}
