using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Clients of a server that listen there: one of ours with a remote forward, at the other end of the same network.</summary>
public sealed class ProxyServerBindTests
{
    private static readonly HostEndPoint Far = new("far", 9);

    public static TheoryData<string> Clients => new("socks5", "socks5?mbind=true");

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Bind_SomebodyConnects_ReachesTheClientAsAConnectionOfItsOwn(string spoken)
    {
        await using var scene = new ForwardScene();
        await using Bound bound = await BindAsync(scene, spoken);
        await ProxyClients.ExchangeAsync(bound.Peer, bound.Accepted);
        await bound.Accepted.DisposeAsync().OrFail();
        (ForwardedConnection control, ForwardedConnection connection) = (bound.Control, bound.Connection);

        Assert.Equal(bound.Peer.LocalEndPoint, connection.Client);
        Assert.Equal($"{control.Client}", $"{connection.Target}");
        ForwardedConnection closed = await scene.NextClosedAsync();
        while (closed != connection)
        {
            closed = await scene.NextClosedAsync();
        }

        Assert.Equal(ConnectionEnd.Completed, closed.End);
        Assert.Equal((8, 10), (closed.BytesFromClient, closed.BytesFromTarget));
        Assert.Equal((0, 0), (control.BytesFromClient, control.BytesFromTarget));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Bind_ClientLetsGo_FreesThePort(string spoken)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5");
        IListener listener = await scene.Client(spoken).BuildNetwork().ListenAsync(Far).OrFail();

        await listener.DisposeAsync().OrFail();
        await scene.NextClosedAsync();

        Assert.Null(await listener.AcceptAsync().OrFail());
        await using IListener other = await scene.Network.ListenAsync(Far);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Bind_TheRulesForbidIt_IsRejected(string spoken)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { Whitelist = "tcp:*:* rtcp:far:1-8" });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.Client(spoken).BuildNetwork().ListenAsync(Far).OrFail());

        Assert.Equal(ForwardError.Forbidden, e.Error);
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Rejected, connection.End);
        Assert.Equal(ForwardError.Forbidden, Assert.IsType<ForwardException>(connection.Error).Error);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Bind_ThePortIsTaken_IsRejectedWithTheReason(string spoken)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5");
        await using IListener taken = await scene.Network.ListenAsync(Far);

        await Assert.ThrowsAsync<ForwardException>(() => scene.Client(spoken).BuildNetwork().ListenAsync(Far).OrFail());

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Rejected, connection.End);
        Assert.Contains("in use", connection.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task DisposeAsync_WithPeers_EndsThemAndTheClient(string spoken)
    {
        await using var scene = new ForwardScene();
        await using Bound bound = await BindAsync(scene, spoken);

        await scene.Forwarder.DisposeAsync().OrFail();

        Assert.Equal(ConnectionEnd.Aborted, bound.Control.End);
        Assert.NotEqual(ConnectionEnd.None, bound.Connection.End);
        Assert.NotEqual(ConnectionEnd.Completed, bound.Connection.End);
        await Assert.ThrowsAnyAsync<IOException>(() => bound.Peer.ReadAsync(1).OrFail());
        await using IListener other = await scene.Network.ListenAsync(Far); // the port is free
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Abort_OfAPeer_EndsThatPeerAlone(string spoken)
    {
        await using var scene = new ForwardScene();
        await using Bound bound = await BindAsync(scene, spoken);

        bound.Connection.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => bound.Peer.ReadAsync(1).OrFail());
        if (spoken != "socks5")
        {
            await using IConnection another = await scene.Network.Dialer.DialAsync(Far).OrFail();
            await using IConnection served = (await bound.Listener.AcceptAsync().OrFail())!;
            await ProxyClients.ExchangeAsync(another, served);
        }
    }

    /// <summary>Who has one client has room for one client, however many come to it.</summary>
    [Fact]
    public async Task MaxConnections_PeersOfAClient_DoNotCount()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { MaxConnections = 2 });
        await using IListener listener = await scene.Client("socks5?mbind=true").BuildNetwork().ListenAsync(Far).OrFail();
        for (int i = 0; i < 3; i++)
        {
            await scene.Network.Dialer.DialAsync(Far).OrFail();
            Assert.NotNull(await listener.AcceptAsync().OrFail());
        }

        await using IConnection client = await scene.DialAsync("socks5", ForwardScene.At("a"));

        Assert.NotNull(await target.AcceptAsync().OrFail());
        Assert.Empty(scene.Log.WithId(LogEventIds.ConnectionRejected));
    }

    [Fact]
    public async Task StopAsync_PeersFinish_ServesThemToTheirEnd()
    {
        await using var scene = new ForwardScene();
        await using Bound bound = await BindAsync(scene, "socks5");

        Task stopping = scene.Forwarder.StopAsync(TimeSpan.FromMinutes(1));
        await scene.Recorded.ListenerClosed.OrFail();
        await ProxyClients.ExchangeAsync(bound.Peer, bound.Accepted);
        await bound.Accepted.DisposeAsync().OrFail();
        await bound.Listener.DisposeAsync().OrFail();

        await stopping.OrFail();
        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
    }

    /// <summary>What the server has taken from the client by then is the peer's, who is slow to read it.</summary>
    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Bind_ClientSendsAndEndsEverything_DeliversItAllTheSame(string spoken)
    {
        await using var scene = new ForwardScene(new InMemoryNetwork { BufferSize = 64 });
        await using Bound bound = await BindAsync(scene, spoken);
        byte[] data = [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)];
        Task reading = spoken == "socks5" ? Task.CompletedTask : scene.Recorded.ListenerClosed; // when the session has ended
        Task sending = SendAsync();

        await reading.OrFail();
        byte[] received = await bound.Peer.ReadToEndAsync().OrFail();

        Assert.Equal(data, received);
        await sending.OrFail();

        async Task SendAsync()
        {
            await bound.Accepted.SendAndEndAsync(data);
            await bound.Accepted.DisposeAsync();
            await bound.Listener.DisposeAsync();
        }
    }

    /// <summary>The remote forward as a whole, between two of ours.</summary>
    [Theory]
    [MemberData(nameof(Clients))]
    public async Task RemoteTcp_ThroughOurServer_BindsAgainWhenTheServerIsBack(string spoken)
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("t");
        var time = new ManualTimeProvider();
        var log = new RecordingLoggerFactory();
        await using Forwarder remote = scene.Client(spoken).UseTimeProvider(time).UseLoggerFactory(log)
            .RemoteTcp(Far, ForwardScene.At("t")).Build();
        await using (Forwarder first = Server(scene))
        {
            await first.StartAsync().OrFail();
            await remote.StartAsync().OrFail();
            await remote.Forwards[0].WaitUntilListeningAsync().OrFail();
            await ServeOneAsync(scene, target);
        }

        await log.WaitForAsync(LogEventIds.FarEndLost).OrFail();
        await scene.StartProxyAsync("socks5");
        time.Advance(TimeSpan.FromSeconds(1)); // the first wait is no longer

        await log.WaitForAsync(LogEventIds.ForwardListening, 2).OrFail();
        await ServeOneAsync(scene, target);
    }

    /// <summary>Starts a server, has a client listen there, and somebody connect.</summary>
    private static async Task<Bound> BindAsync(ForwardScene scene, string spoken)
    {
        await scene.StartProxyAsync("socks5");
        IListener listener = await scene.Client(spoken).BuildNetwork().ListenAsync(Far).OrFail();
        ForwardedConnection control = await scene.NextOpenedAsync();
        IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        IConnection accepted = (await listener.AcceptAsync().OrFail())!;
        return new(listener, control, peer, accepted, await NextPeerAsync(scene, peer));
    }

    private static Forwarder Server(ForwardScene scene) => new ForwardBuilder()
        .UseNetwork(scene.Network).UseTimeProvider(new ManualTimeProvider())
        .ServeSocks5($"{ForwardScene.Front}", ProxyClients.Open).Build();

    private static async Task ServeOneAsync(ForwardScene scene, IListener target)
    {
        await using IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await ProxyClients.ExchangeAsync(peer, accepted);
    }

    /// <summary>The connection of somebody who came to the port. Plain BIND has a client's connection for each, too.</summary>
    private static async Task<ForwardedConnection> NextPeerAsync(ForwardScene scene, IConnection peer)
    {
        ForwardedConnection next = await scene.NextOpenedAsync();
        while (!Equals(next.Client, peer.LocalEndPoint))
        {
            next = await scene.NextOpenedAsync();
        }

        return next;
    }

    /// <summary>A client that listens, and somebody who has connected to it.</summary>
    private sealed record Bound(
        IListener Listener, ForwardedConnection Control, IConnection Peer, IConnection Accepted, ForwardedConnection Connection)
        : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Peer.DisposeAsync();
            await Accepted.DisposeAsync();
            await Listener.DisposeAsync();
        }
    }
}
