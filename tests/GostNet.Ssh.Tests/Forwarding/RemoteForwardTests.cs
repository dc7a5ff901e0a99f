using System.Net;
using System.Security.Cryptography;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>tcpip-forward, with both our ends.</summary>
public sealed class RemoteForwardTests
{
    [Fact]
    public async Task Listen_AtAPort_CarriesPeersBothWaysToTheirOwnEnds()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener listener = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        Assert.Equal(2222, SshScene.PortOf(listener));

        await using IConnection peer = await scene.ConnectAsync(listener);
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();
        await peer.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await accepted!.ReadToEndAsync().OrFail());
        await accepted!.SendAndEndAsync("answer"u8.ToArray()).OrFail();
        Assert.Equal("answer"u8.ToArray(), await peer.ReadToEndAsync().OrFail());
        Assert.Equal(peer.LocalEndPoint, accepted!.RemoteEndPoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task Listen_AtAnyPort_TellsWhich(string host)
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener listener = await scene.Far.ListenAsync(new(host, 0)).OrFail();
        Assert.NotEqual(0, SshScene.PortOf(listener));

        await using IConnection peer = await scene.ConnectAsync(listener);
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();
        Assert.NotNull(accepted);
    }

    [Fact]
    public async Task Listen_SeveralPorts_KeepsTheirPeersApart()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener one = await scene.Far.ListenAsync(new("", 2221)).OrFail();
        await using IListener two = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        await using IConnection peer2 = await scene.ConnectAsync(two);
        await using IConnection peer1 = await scene.ConnectAsync(one);
        await peer1.SendAndEndAsync([1]).OrFail();
        await peer2.SendAndEndAsync([2]).OrFail();

        await using IConnection? accepted1 = await one.AcceptAsync().OrFail();
        await using IConnection? accepted2 = await two.AcceptAsync().OrFail();

        Assert.Equal([1], await accepted1!.ReadToEndAsync().OrFail());
        Assert.Equal([2], await accepted2!.ReadToEndAsync().OrFail());
        Assert.Equal(1, scene.Sessions);
    }

    [Fact]
    public async Task Listen_AtAPortThatIsTaken_NamesItAndKeepsTheSession()
    {
        await using SshScene scene = await SshScene.StartAsync();
        IListener busy = await scene.Network.ListenAsync(new("127.0.0.1", 2222));

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.Far.ListenAsync(new("", 2222)).OrFail());
        Assert.True(e.IsTransient);
        Assert.Contains("2222", e.Message, StringComparison.Ordinal);

        await busy.DisposeAsync();
        await using IListener listener = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        Assert.Equal(1, scene.Sessions);
    }

    [Fact]
    public async Task Listen_ByTwoAtTheSamePort_RefusesTheSecond()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener first = await scene.Far.ListenAsync(new("", 2222)).OrFail();

        await Assert.ThrowsAsync<ForwardException>(() => scene.Far.ListenAsync(new("", 2222)).OrFail());

        await using IConnection peer = await scene.ConnectAsync(first);
        await using IConnection? accepted = await first.AcceptAsync().OrFail();
        Assert.NotNull(accepted);
    }

    [Fact]
    public async Task Listen_NoMore_ReleasesThePortForTheNextAndLeavesPeersAlone()
    {
        await using SshScene scene = await SshScene.StartAsync();
        IListener listener = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        await using IConnection peer = await scene.ConnectAsync(listener);
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();

        for (int i = 0; i < 20; i++)
        {
            await listener.DisposeAsync();
            listener = await scene.Far.ListenAsync(new("", 2222)).OrFail(); // what is sent first is done first
        }

        await listener.DisposeAsync();
        await peer.SendAndEndAsync("still there"u8.ToArray()).OrFail();
        Assert.Equal("still there"u8.ToArray(), await accepted!.ReadToEndAsync().OrFail());
        Assert.Equal(1, scene.Sessions);
    }

    [Fact]
    public async Task Listen_TwoHundredPeersAtOnce_EachHasItsOwnConnection()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener listener = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        Task serving = HashAsync(listener, 200);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            byte[] question = new byte[20_000 + i];
            new Random(i).NextBytes(question);
            await using IConnection peer = await scene.ConnectAsync(listener);
            await peer.SendAndEndAsync(question);
            Assert.Equal(SHA256.HashData(question), await peer.ReadToEndAsync());
        })).OrFail();

        await serving.OrFail();
    }

    [Fact]
    public async Task Peer_IsRefusedByTheClient_IsSentOff()
    {
        await using SshScene scene = await SshScene.StartAsync();
        IListener listener = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        await using IConnection peer = await scene.ConnectAsync(listener); // and nobody accepts

        await listener.DisposeAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => peer.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Session_IsLost_EndsTheListenerAndItsPeers()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener listener = await scene.Far.ListenAsync(new("", 2222)).OrFail();
        await using IConnection peer = await scene.ConnectAsync(listener);
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();

        await scene.StopAsync();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => accepting.OrFail());
        Assert.Equal(ForwardError.ConnectionClosed, e.Error);
        await ReadToSomeEndAsync(accepted!).OrFail();
        await using IListener free = await scene.Network.ListenAsync(new("127.0.0.1", 2222));
    }

    [Fact]
    public async Task Client_IsGone_FreesItsPorts()
    {
        await using SshScene scene = await SshScene.StartAsync();
        Forwarder client = await scene.NewChain().RemoteTcp(":2222", "db:5432").BuildAndStartAsync();
        await client.Forwards[0].WaitUntilListeningAsync().OrFail();
        Assert.Equal(2222, ((IPEndPoint)client.Forwards[0].LocalEndPoint!).Port);

        await client.DisposeAsync().OrFail();

        await scene.Log.WaitForAsync(LogEventIds.ConnectionClosed).OrFail(); // the one that stood for the port
        await using IListener free = await scene.Network.ListenAsync(new("127.0.0.1", 2222));
    }

    [Fact]
    public async Task RemoteTcp_ThroughTheServer_ReachesTheTargetFromHere()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(new("db", 5432));
        await using Forwarder client = await scene.NewChain().RemoteTcp(":2222", "db:5432").BuildAndStartAsync();
        await client.Forwards[0].WaitUntilListeningAsync().OrFail();

        await using IConnection peer = await scene.Network.Dialer.DialAsync(new("127.0.0.1", 2222));
        await using IConnection? target = await db.AcceptAsync().OrFail();
        await peer.SendAndEndAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await target!.ReadToEndAsync().OrFail());
        await target!.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await peer.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Listen_NotPermitted_IsRefused()
    {
        await using SshScene scene = await SshScene.StartAsync(new() { PermitListen = "localhost:2222" });
        await using IListener listener = await scene.Far.ListenAsync(new("localhost", 2222)).OrFail();

        await Assert.ThrowsAsync<ForwardException>(() => scene.Far.ListenAsync(new("localhost", 2223)).OrFail());
        await Assert.ThrowsAsync<ForwardException>(() => scene.Far.ListenAsync(new("", 2222)).OrFail());
    }

    [Fact]
    public async Task Listen_AgainstTheRules_IsRefused()
    {
        await using SshScene scene = await SshScene.StartAsync(limits: new() { Blacklist = "rtcp:*:2222" });

        await Assert.ThrowsAsync<ForwardException>(() => scene.Far.ListenAsync(new("", 2222)).OrFail());
        await using IListener listener = await scene.Far.ListenAsync(new("", 2223)).OrFail();
    }

    [Fact]
    public async Task Listen_AtAnAddressOfTheServers_IsWhereGatewayPortsSays()
    {
        await using SshScene closed = await SshScene.StartAsync();
        await using IListener narrowed = await closed.Far.ListenAsync(new("outside", 2222)).OrFail();
        await using IConnection inside = await closed.ConnectAsync(narrowed);
        await Assert.ThrowsAsync<ForwardException>(() => closed.Network.Dialer.DialAsync(new("outside", 2222)).OrFail());

        await using SshScene open = await SshScene.StartAsync(new() { GatewayPorts = GatewayPorts.ClientSpecified });
        await using IListener listener = await open.Far.ListenAsync(new("outside", 2222)).OrFail();
        await using IConnection outside = await open.Network.Dialer.DialAsync(new("outside", 2222)).OrFail();
        await Assert.ThrowsAsync<ForwardException>(() => open.ConnectAsync(listener));
    }

    private static async Task HashAsync(IListener listener, int count)
    {
        List<Task> answers = [];
        for (int i = 0; i < count; i++)
        {
            answers.Add(AnswerAsync((await listener.AcceptAsync())!));
        }

        await Task.WhenAll(answers);

        static async Task AnswerAsync(IConnection connection)
        {
            await using (connection)
            {
                await connection.SendAndEndAsync(SHA256.HashData(await connection.ReadToEndAsync()));
            }
        }
    }

    private static async Task ReadToSomeEndAsync(IConnection connection)
    {
        try
        {
            await connection.ReadToEndAsync();
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }
    }
}
