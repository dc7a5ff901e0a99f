using System.Net;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Clients of a server that send datagrams: through GOST's tunnel, and as the standard has it.</summary>
public sealed class ProxyServerDatagramTests
{
    private static readonly HostEndPoint Target = ForwardScene.At("a");
    private static readonly HostEndPoint Far = new("far", 9);

    [Fact]
    public async Task Tunnel_ToATarget_CarriesAndCounts()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartProxyAsync("socks5");
        await using IDatagramSocket client = await DialAsync(scene, Target);

        await ExchangeAsync(client, target);
        await client.DisposeAsync().OrFail();

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal((8, 10), (connection.BytesFromClient, connection.BytesFromTarget));
        Assert.Equal(0, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task Tunnel_ToANameWithoutAnAddress_DropsAndCounts()
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5");
        await using IDatagramSocket client = await DialAsync(scene, new("nowhere", 1));

        await client.SendTextAsync("lost");

        LogEntry entry = await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail();
        Assert.Equal(4, entry.Values["Size"]);
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task Tunnel_TheBlacklistHasTheTarget_DropsWhatGoesThere()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await using IDatagramListener other = await scene.ListenDatagramsAsync("b");
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { Blacklist = "udp:a:*" });
        await using IDatagramSocket forbidden = await DialAsync(scene, Target);
        await using IDatagramSocket allowed = await DialAsync(scene, ForwardScene.At("b"));

        await forbidden.SendTextAsync("lost");

        Assert.Contains("'udp'", (string)(await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail()).Values["Reason"]!, StringComparison.Ordinal);
        await ExchangeAsync(allowed, other);
    }

    /// <summary>Who may listen may answer whoever comes: that is what a remote forward is for.</summary>
    [Fact]
    public async Task Tunnel_TheWhitelistHasItsPort_AnswersEverybodyThere()
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { Whitelist = "rudp:far:9" });
        await using IDatagramListener listener = await scene.Client("socks5").BuildNetwork().ListenDatagramsAsync(Far).OrFail();
        await using IDatagramSocket peer = await scene.Network.DatagramDialer.DialAsync(Far).OrFail();

        await ExchangeAsync(peer, listener);
    }

    [Fact]
    public async Task Tunnel_TheWhitelistDoesNotHaveIt_IsRejected()
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { Whitelist = "udp:*:*" });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => DialAsync(scene, Target));

        Assert.Equal(ForwardError.Forbidden, e.Error);
        Assert.Equal(ConnectionEnd.Rejected, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task DisposeAsync_WithATunnel_EndsIt()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartProxyAsync("socks5");
        await using IDatagramSocket client = await DialAsync(scene, Target);
        await ExchangeAsync(client, target);

        await scene.Forwarder.DisposeAsync().OrFail();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task RemoteUdp_ThroughOurServer_GivesEachPeerItsAnswers()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartProxyAsync("socks5");
        await using Forwarder remote = scene.Client("socks5").RemoteUdp(Far, Target).Build();
        await remote.StartAsync().OrFail();
        await remote.Forwards[0].WaitUntilListeningAsync().OrFail();
        await using IDatagramSocket one = await scene.Network.DatagramDialer.DialAsync(Far).OrFail();
        await using IDatagramSocket two = await scene.Network.DatagramDialer.DialAsync(Far).OrFail();

        await ExchangeAsync(one, target);
        await ExchangeAsync(two, target);

        Assert.Equal(2, remote.Forwards[0].TotalConnections);
    }

    /// <summary>A limit on the flow that passes no later than the node's would leave the node uncharged, and the next flow to it.</summary>
    [Fact]
    public async Task LocalUdp_ANodeSaysNothing_IsChargedAndTheOtherServes()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.StartProxyAsync("socks5");
        scene.Network.Hang(new("hole", 1));
        var time = new ManualTimeProvider();
        var log = new RecordingLoggerFactory();
        await using Forwarder local = new ForwardBuilder().UseNetwork(scene.Network).UseTimeProvider(time).UseLoggerFactory(log)
            .LocalUdp("local:5", "a:1", new() { Attempts = 2 })
            .Via(hop => hop.Socks5("hole:1").Socks5($"{ForwardScene.Front}"))
            .Build();
        await local.StartAsync().OrFail();
        await using IDatagramSocket client = await scene.Network.DatagramDialer.DialAsync(new("local", 5)).OrFail();
        await client.SendTextAsync("question");
        await scene.Network.WaitForDialsAsync(2).OrFail();
        await time.WaitForTimersAsync(2).OrFail();

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("question", (await target.ReceiveTextAsync()).Text);
        Assert.Equal("socks5://hole:1", log.WithId(LogEventIds.NodeDied).Single().Values["Node"]);
    }

    [Fact]
    public async Task Associate_ToATarget_CarriesAndCounts()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await using Association client = await AssociateAsync(scene);

        await client.SendAsync("question");
        Received received = await target.ReceiveTextAsync();
        await target.AnswerAsync(received, "the answer");

        Assert.Equal("question", received.Text);
        Assert.EndsWith("the answer", await client.Socket!.ReceiveTextAsync(), StringComparison.Ordinal);
        await client.Control.DisposeAsync().OrFail();
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Completed, connection.End);
        Assert.Equal((8, 10), (connection.BytesFromClient, connection.BytesFromTarget));
    }

    [Theory]
    [InlineData("tcp:*:*", null, 2)]
    [InlineData(null, "udp:*:*", 2)]
    [InlineData(null, "*:**:1-65535", 2)]
    [InlineData("udp:a:1", null, 0)]
    [InlineData(null, "udp:a:1", 0)]
    public async Task Associate_NoTargetWouldBeAllowed_IsRefusedAtOnce(string? whitelist, string? blacklist, byte reply)
    {
        await using var scene = new ForwardScene();
        await using Association client = await AssociateAsync(scene, new() { AllowAnonymous = true, Whitelist = whitelist, Blacklist = blacklist });

        Assert.Equal(reply, client.Reply);
    }

    [Theory]
    [InlineData("udp:b:*", null)]
    [InlineData(null, "udp:a:1")]
    [InlineData("*:*:*", "udp:127.*,198.18.*,a:*")]
    public async Task Associate_TheRulesForbidTheTarget_DropsWhatGoesThere(string? whitelist, string? blacklist)
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await using Association client = await AssociateAsync(scene, new() { AllowAnonymous = true, Whitelist = whitelist, Blacklist = blacklist });

        await client.SendAsync("lost");

        await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail();
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
    }

    private static Task<IDatagramSocket> DialAsync(ForwardScene scene, HostEndPoint target) =>
        scene.Client("socks5").BuildNetwork().DatagramDialer.DialAsync(target).OrFail();

    private static async Task ExchangeAsync(IDatagramSocket client, IDatagramListener server)
    {
        await client.SendTextAsync("question");
        Received received = await server.ReceiveTextAsync();
        Assert.Equal("question", received.Text);
        await server.AnswerAsync(received, "the answer");
        Assert.Equal("the answer", await client.ReceiveTextAsync());
    }

    /// <summary>Asks for UDP ASSOCIATE by hand: our own client prefers the tunnel.</summary>
    private static async Task<Association> AssociateAsync(ForwardScene scene, ProxyServerOptions? options = null)
    {
        scene.Builder.ServeSocks5("127.0.0.1:1", options ?? ProxyClients.Open);
        await scene.Forwarder.StartAsync().OrFail();
        IConnection control = await scene.Network.Dialer.DialAsync(new("127.0.0.1", 1)).OrFail();
        await control.Stream.WriteAsync(new byte[] { 5, 1, 0 });
        Assert.Equal([5, 0], await control.ReadAsync(2).OrFail());
        await control.Stream.WriteAsync(new byte[] { 5, 3, 0, 1, 0, 0, 0, 0, 0, 0 });
        byte[] reply = await control.ReadAsync(10).OrFail();
        int port = (reply[8] << 8) | reply[9];
        IDatagramSocket? socket = reply[1] == 0
            ? await scene.Network.DatagramDialer.DialAsync(new(new IPAddress(reply.AsSpan(4, 4)).ToString(), port)).OrFail()
            : null;
        return new Association(control, reply[1], socket);
    }

    private sealed record Association(IConnection Control, byte Reply, IDatagramSocket? Socket) : IAsyncDisposable
    {
        public Task SendAsync(string text) =>
            Socket!.SendAsync((byte[])[0, 0, 0, 3, 1, (byte)'a', 0, 1, .. System.Text.Encoding.UTF8.GetBytes(text)]).OrFail();

        public async ValueTask DisposeAsync()
        {
            await Control.DisposeAsync();
            await (Socket?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
