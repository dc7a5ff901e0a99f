using System.Net;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>Ports that are forwarded through an SSH server of our own, in memory.</summary>
public sealed class SshForwardTests
{
    private const string Front = "front:1";
    private static readonly HostEndPoint Far = new("127.0.0.1", 8080);

    [Fact]
    public async Task LocalTcp_ThroughAServer_ReachesTheTargetFromThere()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        await scene.StartAsync(scene.Builder().LocalTcp(Front, SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);

        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Fact]
    public async Task RemoteTcp_ThroughAServer_ReachesTheTargetFromHere()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        Forwarder client = await scene.StartRemoteAsync(
            scene.Builder().RemoteTcp(":8080", SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));

        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);

        Assert.Equal(1, scene.SessionsSoFar);
        await client.DisposeAsync().OrFail();
        await scene.Recorded.ListenerClosed.OrFail();
        await using IListener free = await scene.ListenAsync(Far);
    }

    [Theory]
    [InlineData("forward+ssh", "forward+ssh")]
    [InlineData("direct+ssh", "remote+ssh")]
    public async Task BothKinds_OverOneNode_ShareItsSession(string first, string second)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        string key = scene.Folder.CopyKey("id_ed25519");
        await scene.StartAsync(scene.Builder().Serve($"forward+ssh://alice:secret@{SshScene.Gateway}?ssh_key={key}"));
        string node = $"ssh://alice:secret@{SshScene.Gateway}?host_key={SshScene.Pin.Replace("+", "%2B", StringComparison.Ordinal)}";
        Forwarder client = await scene.StartRemoteAsync(scene.Builder()
            .Serve($"rtcp://:8080/{SshScene.Target}").Serve($"tcp://{Front}/{SshScene.Target}").Via($"{first.Replace("ssh", "", StringComparison.Ordinal)}{node}"));

        for (int i = 0; i < 3; i++)
        {
            await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
            await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);
        }

        Assert.Equal(1, scene.SessionsSoFar);
        Assert.Equal(2, scene.LoginsSoFar); // one connection, both of whose ends are here
        Assert.Equal([3L, 3L], client.Forwards.Select(f => f.TotalConnections));
        IDialer other = scene.Builder().Via($"{second.Replace("ssh", "", StringComparison.Ordinal)}{node}").BuildDialer();
        await SshScene.ExchangeAsync(await other.DialAsync(SshScene.Target).OrFail(), target);
    }

    [Fact]
    public async Task SshServer_BehindAProxy_IsReachedThroughIt()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        await scene.StartAsync(scene.Builder().ServeSocks5("proxy:1080", new() { AllowAnonymous = true }));
        Forwarder client = await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp(":8080", SshScene.Target.ToString())
            .LocalTcp(Front, SshScene.Target.ToString())
            .ViaSocks5("proxy:1080").ViaSsh("gw", SshScene.ClientOptions()));

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);

        Assert.Equal(1, scene.SessionsSoFar);
        Assert.Equal(1, scene.Network.Dials.Count(dialled => dialled.Host == "proxy"));
        Assert.NotNull(client);
    }

    [Fact]
    public async Task SshServer_InFrontOfAProxy_LeadsToIt()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        await scene.StartAsync(scene.Builder().ServeSocks5("proxy:1080", new() { AllowAnonymous = true }));
        Forwarder client = await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp(":8080", SshScene.Target.ToString())
            .LocalTcp(Front, SshScene.Target.ToString())
            .ViaSsh("gw", SshScene.ClientOptions()).ViaSocks5("proxy:1080", new() { MultiplexBind = true }));

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);

        Assert.Equal(1, scene.SessionsSoFar);
        Assert.Equal(ForwardState.Listening, client.Forwards[0].State);
    }

    [Fact]
    public async Task SshServer_BetweenProxies_LeadsFromOneToTheOther()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        await scene.StartAsync(scene.Builder()
            .ServeSocks5("before:1080", new() { AllowAnonymous = true }).ServeHttp("behind:3128", new() { AllowAnonymous = true }));
        IDialer dialer = scene.Builder()
            .ViaSocks5("before:1080").ViaSsh("gw", SshScene.ClientOptions()).ViaHttp("behind:3128").BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);

        Assert.Equal(
            [("before", 1), ("gw", 1), ("behind", 2), ("target", 2)],
            scene.Network.Dials.GroupBy(dialled => dialled.Host).Select(group => (group.Key, group.Count())));
    }

    [Fact]
    public async Task SshServer_BehindAnother_ForwardsAtBothKinds()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        await scene.StartAsync(scene.Builder().ServeSsh("inner:22", scene.ServerOptions()));
        await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp(":8080", SshScene.Target.ToString())
            .LocalTcp(Front, SshScene.Target.ToString())
            .ViaSsh("gw", SshScene.ClientOptions()).ViaSsh("inner", SshScene.ClientOptions()));

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);

        Assert.Equal(1, scene.SessionsSoFar);
        Assert.Equal(4, scene.LoginsSoFar);
    }

    [Fact]
    public async Task Ssh_OverAnotherTransport_ForwardsPorts()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync(limits: new() { Transport = ServerTransport.Tcp.WebSocket() });
        IDialer dialer = scene.Builder()
            .ViaSsh("gw", SshScene.ClientOptions(), new() { Transport = ClientTransport.Tcp.WebSocket() }).BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
    }

    [Fact]
    public async Task ServeSsh_WithAChain_ReachesTargetsAndListensThroughIt()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().ServeSocks5("proxy:1080", new() { AllowAnonymous = true }));
        await scene.StartAsync(scene.Builder()
            .ServeSsh(SshScene.Gateway.ToString(), scene.ServerOptions()).ViaSocks5("proxy:1080", new() { MultiplexBind = true }));
        await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp(":8080", SshScene.Target.ToString())
            .LocalTcp(Front, SshScene.Target.ToString())
            .ViaSsh("gw", SshScene.ClientOptions()));

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);

        Assert.True(scene.Network.Dials.Count(dialled => dialled.Host == "proxy") > 1);
    }

    [Fact]
    public async Task Forwards_OfIPv6Literals_ReachThem()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(new("::1", 80));
        await scene.ServeAsync();
        Forwarder client = await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp("[::1]:8080", "[::1]:80").LocalTcp(Front, "[::1]:80").ViaSsh("gw", SshScene.ClientOptions()));

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("[::1]:8080"), target);

        Assert.Equal(2, scene.Network.Dials.Count(dialled => dialled == new HostEndPoint("::1", 80)));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 8080), client.Forwards[0].LocalEndPoint);
    }

    [Fact]
    public async Task RemoteTcp_AtAnyPort_TellsWhich()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        Forwarder client = await scene.StartRemoteAsync(
            scene.Builder().RemoteTcp("localhost:0", SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));

        HostEndPoint place = Assert.IsType<HostEndPoint>(client.Forwards[0].LocalEndPoint);
        Assert.NotEqual(0, place.Port);
        await SshScene.ExchangeAsync(await scene.DialAsync(place.ToString()), target);
    }

    [Fact]
    public async Task BuildNetwork_ThroughAServer_DialsAndListensThere()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        INetwork far = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildNetwork();

        await SshScene.ExchangeAsync(await far.Dialer.DialAsync(SshScene.Target).OrFail(), target);
        await using IListener listener = await far.ListenAsync(new("", 8080)).OrFail();
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), listener);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => far.ListenDatagramsAsync(new("", 53)).OrFail());
        Assert.Equal(ForwardError.CommandNotSupported, e.Error);
        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reset_OfEitherEnd_EndsBothDirectionsAtTheOther(bool isRemote)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        ForwardBuilder builder = scene.Builder().ViaSsh("gw", SshScene.ClientOptions());
        string front = isRemote ? "127.0.0.1:8080" : Front;
        await (isRemote
            ? scene.StartRemoteAsync(builder.RemoteTcp(":8080", SshScene.Target.ToString()))
            : scene.StartAsync(builder.LocalTcp(Front, SshScene.Target.ToString())));

        foreach (bool isClient in new[] { true, false })
        {
            await using IConnection client = await scene.DialAsync(front);
            await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
            await client.Stream.WriteAsync(new byte[] { 1 });
            Assert.Equal([1], await accepted.ReadAsync(1).OrFail());

            (isClient ? client : accepted).Abort();

            // SSH has a word for an end, and none for a reset: many clients and servers close in this way for all ends.
            IConnection other = isClient ? accepted : client;
            Assert.Empty(await other.ReadToEndAsync().OrFail());
            await Assert.ThrowsAnyAsync<IOException>(() => WriteForEverAsync(other).OrFail());
        }

        static async Task WriteForEverAsync(IConnection connection)
        {
            while (true)
            {
                await connection.Stream.WriteAsync(new byte[1000]);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HalfClose_FromTheTargetFirst_LetsTheClientGoOn(bool isRemote)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        ForwardBuilder builder = scene.Builder().ViaSsh("gw", SshScene.ClientOptions());
        await (isRemote
            ? scene.StartRemoteAsync(builder.RemoteTcp(":8080", SshScene.Target.ToString()))
            : scene.StartAsync(builder.LocalTcp(Front, SshScene.Target.ToString())));

        await using IConnection client = await scene.DialAsync(isRemote ? "127.0.0.1:8080" : Front);
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        byte[] data = new byte[1 << 20];
        new Random(1).NextBytes(data);

        await accepted.SendAndEndAsync("hello"u8.ToArray()).OrFail();
        Assert.Equal("hello"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        Task sending = client.SendAndEndAsync(data);
        Assert.Equal(data, await accepted.ReadToEndAsync().OrFail());
        await sending.OrFail();
    }

    [Fact]
    public async Task Targets_ThatRefuseOrAreUnknown_AreFailuresOfTheTarget()
    {
        await using var scene = new SshScene();
        await scene.ServeAsync();
        IDialer dialer = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildDialer();
        HostEndPoint slow = new("slow", 1);
        scene.Network.Fail(slow, ForwardError.TimedOut);

        Assert.Equal(
            [ForwardError.ConnectionRefused, ForwardError.TimedOut],
            [(await SshScene.FailAsync(dialer)).Error, (await SshScene.FailAsync(dialer, slow)).Error]);
        ForwardException e = await SshScene.FailAsync(dialer);
        Assert.True(e.IsTargetFault);
        Assert.Equal(SshScene.Target, e.Target);
        Assert.Equal(1, scene.SessionsSoFar); // and the node is not to blame
    }
}
