using System.Text;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>GOST's <c>ssh</c>: proxies and tunnels whose connections are channels, in memory.</summary>
public sealed class SshProxyTests
{
    private static readonly string Query = $"host_key={SshScene.Pin}";

    [Theory]
    [InlineData("ssh://alice:secret@gw:22", "ssh://alice:secret@gw:22")]
    [InlineData("ssh://alice:secret@gw:22", "socks5+ssh://alice:secret@gw:22")]
    [InlineData("ssh://alice:secret@gw:22", "socks4a+ssh://alice:secret@gw:22")]
    [InlineData("http+ssh://alice:secret@gw:22", "ssh://alice:secret@gw:22")]
    [InlineData("http+ssh://alice:secret@gw:22", "http+ssh://alice:secret@gw:22")]
    [InlineData("socks5+ssh://alice:secret@gw:22", "socks5+ssh://alice:secret@gw:22")]
    [InlineData("socks4+ssh://alice:secret@gw:22", "socks4a+ssh://alice:secret@gw:22")]
    [InlineData("ss+ssh://chacha20-ietf-poly1305:secret@gw:22", "ss+ssh://chacha20-ietf-poly1305:secret@gw:22")]
    public async Task Proxy_OverSsh_ReachesTargetsOverOneSession(string served, string chained)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().Serve($"{served}?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        IDialer dialer = scene.Builder().Via($"{chained}?{Query}").BuildDialer();

        for (int i = 0; i < 3; i++)
        {
            await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        }

        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Fact]
    public async Task SniProxy_OverSsh_AsksForTheLoginOfSsh()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().Serve($"sni+ssh://alice:secret@gw:22?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        byte[] request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {SshScene.Target}\r\n\r\n");

        await using IConnection client = await scene.Builder().Via($"sni+ssh://alice:secret@gw:22?{Query}").BuildDialer()
            .DialAsync(SshScene.Target).OrFail();
        await client.Stream.WriteAsync(request);
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;

        Assert.Equal(request[..14], await accepted.ReadAsync(14).OrFail());
        Assert.Equal(
            ForwardError.AuthenticationFailed,
            (await SshScene.FailAsync(scene.Builder().Via($"sni+ssh://alice:guess@gw:22?{Query}").BuildDialer())).Error);
    }

    [Theory]
    [InlineData("ssh://bob@gw:22")]
    [InlineData("socks5+ssh://bob@gw:22")]
    [InlineData("socks5+ssh://alice:secret@gw:22")]
    public async Task Proxy_WithUsersAndKeys_AsksNobodyTwice(string chained)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        string keys = scene.Folder.Write("keys", SshFolder.LineOf("ecdsa256"));
        await scene.StartAsync(scene.Builder().Serve(
            $"ssh://alice:secret@gw:22?ssh_authorized_keys={keys}&ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        string login = chained.Contains("bob", StringComparison.Ordinal) ? $"&ssh_key={scene.Folder.CopyKey("id_ecdsa256")}" : "";

        IDialer dialer = scene.Builder().Via($"{chained}?{Query}{login}").BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
    }

    [Fact]
    public async Task Proxy_ForEverybody_LetsInWhoeverSaysNothing()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().UseUnverifiedPeers(UnverifiedPeers.Warn)
            .Serve($"ssh://gw:22?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        IDialer dialer = scene.Builder().UseUnverifiedPeers(UnverifiedPeers.Warn).Via("socks5+ssh://gw:22").BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("tcp+ssh")]
    public async Task Tunnel_WithATargetOfItsOwn_LeadsThere(string served)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().Serve(
            $"{served}://alice:secret@gw:22/{SshScene.Target}?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        await scene.StartAsync(scene.Builder().Serve("tcp://front:1").Via($"tcp+ssh://alice:secret@gw:22?{Query}"));

        await SshScene.ExchangeAsync(await scene.DialAsync("front:1"), target);
        await SshScene.ExchangeAsync(await scene.DialAsync("front:1"), target);

        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Fact]
    public async Task Tunnel_ByTypedVerbs_LeadsToTheServersTarget()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().LocalTcp(
            SshScene.Gateway.ToString(), SshScene.Target.ToString(), new() { Transport = ServerTransport.Tcp.Ssh(scene.ServerOptions()) }));
        IDialer dialer = scene.Builder()
            .ViaTunnel("gw:22", new() { Transport = ClientTransport.Tcp.Ssh(SshScene.ClientOptions()) }).BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(new("", 0)).OrFail(), target);
    }

    [Theory]
    [InlineData("forward+ssh", "does not forward connections")]
    [InlineData("ssh", null)]
    public async Task Client_OfTheOtherKindOfServer_IsToldSo(string chained, string? words)
    {
        await using var scene = new SshScene();
        string served = chained == "ssh" ? "forward+ssh" : "ssh";
        await scene.StartAsync(scene.Builder().Serve($"{served}://alice:secret@gw:22?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));

        ForwardException e = await SshScene.FailAsync(scene.Builder().Via($"{chained}://alice:secret@gw:22?{Query}").BuildDialer());

        Assert.Equal(ForwardError.CommandNotSupported, e.Error);
        Assert.Equal($"{chained}://gw:22", e.Node);
        Assert.Contains(words ?? "(only GOST's ssh servers do; forward+ssh goes to all others)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HttpClient_ThroughAnSshServer_GetsItsAnswer()
    {
        await using var scene = new SshScene();
        await using IListener web = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        IDialer dialer = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildDialer();
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = dialer.ToConnectCallback() });

        Task<string> asking = http.GetStringAsync(new Uri($"http://{SshScene.Target}/"));
        await using IConnection accepted = (await web.AcceptAsync().OrFail())!;
        Assert.Equal("GET / HTTP/1.1\r\n"u8.ToArray(), await accepted.ReadAsync(16).OrFail());
        await accepted.Stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nWelcome"u8.ToArray());

        Assert.Equal("Welcome", await asking.OrFail());
    }
}
