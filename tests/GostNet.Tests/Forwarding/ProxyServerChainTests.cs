using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>A server behind whose back is another: whatever a client asks the first for, the second does. In GOST listening never works
/// so (gost-nodes, section 6, A6).</summary>
public sealed class ProxyServerChainTests
{
    private static readonly HostEndPoint Far = new("far", 9);
    private static readonly HostEndPoint Target = ForwardScene.At("a");

    [Theory]
    [InlineData("socks5", "socks5")]
    [InlineData("http", "socks5")]
    [InlineData("socks4a", "socks4a")]
    [InlineData("socks5", "http")]
    public async Task Connect_ThroughBoth_ReachesTheTarget(string spoken, string between)
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await using Forwarder back = await StartAsync(scene, $"{between}://back:1");

        await using IConnection client = await scene.DialAsync(spoken, Target);
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await ProxyClients.ExchangeAsync(client, accepted);

        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
        Assert.Equal(new HostEndPoint("back", 1), scene.TargetDials.First());
    }

    [Fact]
    public async Task Connect_TheSecondIsDown_IsNotCalledTheTargetsFault()
    {
        await using var scene = new ForwardScene();
        Forwarder back = await StartAsync(scene, "socks5://back:1");
        await back.DisposeAsync().OrFail();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("socks5", Target));

        Assert.False(e.IsTargetFault);
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.DialFailed, connection.End);
        Assert.Equal("socks5://back:1", Assert.IsType<ForwardException>(connection.Error).Node);
    }

    [Theory]
    [InlineData("socks5", "socks5://back:1")]
    [InlineData("socks5", "socks5://back:1?mbind=true")]
    [InlineData("socks5?mbind=true", "socks5://back:1")]
    [InlineData("socks5?mbind=true", "socks5://back:1?mbind=true")]
    public async Task Bind_ThroughBoth_ListensAtTheSecond(string spoken, string between)
    {
        await using var scene = new ForwardScene();
        await using Forwarder back = await StartAsync(scene, between);
        await using IListener listener = await scene.Client(spoken).BuildNetwork().ListenAsync(Far).OrFail();

        await using IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        await using IConnection accepted = (await listener.AcceptAsync().OrFail())!;
        Assert.NotEmpty(back.Connections);

        await ProxyClients.ExchangeAsync(peer, accepted);
    }

    [Fact]
    public async Task Bind_TheSecondCannotListen_IsSaid()
    {
        await using var scene = new ForwardScene();
        await using Forwarder back = await StartAsync(scene, "http://back:1");

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(
            () => scene.Client("socks5").BuildNetwork().ListenAsync(Far).OrFail());

        Assert.Equal(ForwardError.CommandNotSupported, e.Error);
        Assert.Equal(ConnectionEnd.Rejected, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task Tunnel_ThroughBoth_CarriesDatagrams()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await using Forwarder back = await StartAsync(scene, "socks5://back:1");
        var closed = new TaskCompletionSource<(long, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
        back.ConnectionClosed += (_, e) => closed.TrySetResult((e.Connection.BytesFromClient, e.Connection.BytesFromTarget));
        await using IDatagramSocket client = await scene.Client("socks5").BuildNetwork().DatagramDialer.DialAsync(Target).OrFail();

        await client.SendTextAsync("question");
        Received received = await target.ReceiveTextAsync();
        await target.AnswerAsync(received, "the answer");

        Assert.Equal("the answer", await client.ReceiveTextAsync());
        await client.DisposeAsync().OrFail();
        Assert.Equal((8, 10), await closed.Task.OrFail());
    }

    [Fact]
    public async Task RemoteTcp_ThroughBothAsAChain_ListensAtTheSecond()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await using Forwarder back = new ForwardBuilder().UseNetwork(scene.Network).UseTimeProvider(new ManualTimeProvider())
            .ServeAuto("back:1", ProxyClients.Open).Build();
        await back.StartAsync().OrFail();
        await scene.StartProxyAsync("auto");
        await using Forwarder remote = scene.Client("http").Via("socks5://back:1?mbind=true").RemoteTcp(Far, Target).Build();
        await remote.StartAsync().OrFail();
        await remote.Forwards[0].WaitUntilListeningAsync().OrFail();

        await using IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await ProxyClients.ExchangeAsync(peer, accepted);
    }

    [Fact]
    public async Task DisposeAsync_OfTheFirst_FreesThePortAtTheSecond()
    {
        await using var scene = new ForwardScene();
        await using Forwarder back = await StartAsync(scene, "socks5://back:1?mbind=true");
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        back.ConnectionClosed += (_, _) => closed.TrySetResult();
        await using IListener listener = await scene.Client("socks5?mbind=true").BuildNetwork().ListenAsync(Far).OrFail();

        await scene.Forwarder.DisposeAsync().OrFail();
        await closed.Task.OrFail();

        await using IListener other = await scene.Network.ListenAsync(Far);
    }

    /// <summary>Starts a server that speaks everything at <c>back:1</c>, and another at <c>front:1</c> that goes through it.</summary>
    private static async Task<Forwarder> StartAsync(ForwardScene scene, string between)
    {
        Forwarder back = new ForwardBuilder().UseNetwork(scene.Network).UseTimeProvider(new ManualTimeProvider())
            .ServeAuto("back:1", ProxyClients.Open).Build();
        await back.StartAsync().OrFail();
        scene.Builder.Via(between);
        await scene.StartProxyAsync("auto");
        return back;
    }
}
