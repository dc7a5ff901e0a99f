using System.Net;
using GostNet.Ssh.Building;
using GostNet.Ssh.Forwarding;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>What clients of a server may have: by their key, by the server's lists, and by GatewayPorts.</summary>
public sealed class SshPermissionTests
{
    private static readonly HostEndPoint Other = new("other", 80);

    [Theory]
    [InlineData("", true, true, true)]
    [InlineData("command=\"/bin/true\" ", true, true, true)]
    [InlineData("permitopen=\"target:80\" ", true, false, true)]
    [InlineData("permitopen=\"*:80\",permitlisten=\"9090\" ", true, true, false)]
    [InlineData("permitlisten=\"localhost:8080\" ", true, true, false)] // the client asks for 0.0.0.0
    [InlineData("permitlisten=\"8080\" ", true, true, true)]
    [InlineData("restrict ", false, false, false)]
    [InlineData("no-port-forwarding ", false, false, false)]
    [InlineData("restrict,port-forwarding,permitopen=\"other:80\" ", false, true, true)]
    public async Task Key_WithOptions_MayForwardWhatTheySay(string options, bool mayReachTarget, bool mayReachOther, bool mayListen)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await using IListener other = await scene.ListenAsync(Other);
        SshServerOptions server = scene.ServerOptions();
        server.Authenticator = null;
        server.AuthorizedKeysFile = scene.Folder.Write("keys", options + SshFolder.LineOf("ecdsa256"));
        await scene.ServeAsync(server);
        INetwork far = scene.Builder().ViaSsh("bob@gw", KeyOf(scene)).BuildNetwork();

        await AssertMayReachAsync(far.Dialer, target, SshScene.Target, mayReachTarget);
        await AssertMayReachAsync(far.Dialer, other, Other, mayReachOther);
        await AssertMayListenAsync(scene, far, mayListen);
        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Theory]
    [InlineData("ssh-allowed")]
    [InlineData("restrict ")]
    [InlineData("permitopen=\"target:80\" ")]
    [InlineData("permitlisten=\"8080\" ")]
    public async Task Key_ThatIsLimited_DoesNotOpenATunnelPastItsLimits(string options)
    {
        bool isLimited = options != "ssh-allowed";
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        string keys = scene.Folder.Write("keys", (isLimited ? options : "") + SshFolder.LineOf("ecdsa256"));
        await scene.StartAsync(scene.Builder().Serve($"ssh://gw:22?ssh_authorized_keys={keys}&ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        IDialer dialer = scene.Builder()
            .Via($"socks5+ssh://bob@gw:22?ssh_key={scene.Folder.CopyKey("id_ecdsa256")}&host_key={SshScene.Pin}").BuildDialer();

        if (isLimited)
        {
            Assert.Equal(ForwardError.AuthenticationFailed, (await SshScene.FailAsync(dialer)).Error);
            Assert.Equal(SshFolder.PinOf("ecdsa256"), scene.Log.WithId(SshBuildLog.KeyIsLimitedId)[0].Values["Fingerprint"]);
        }
        else
        {
            await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        }
    }

    [Theory]
    [InlineData("target:80", null, true, false, true)]
    [InlineData("none", null, false, false, true)]
    [InlineData("any", "none", true, true, false)]
    [InlineData(null, "8080", true, true, true)]
    [InlineData(null, "127.0.0.1:8080,9090", true, true, false)] // the client asks for 0.0.0.0
    [InlineData("other:*", "0.0.0.0:*", false, true, true)]
    public async Task ServersOwnLists_LimitEverybody(string? open, string? listen, bool mayReachTarget, bool mayReachOther, bool mayListen)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await using IListener other = await scene.ListenAsync(Other);
        SshServerOptions server = scene.ServerOptions();
        (server.PermitOpen, server.PermitListen) = (open, listen);
        await scene.ServeAsync(server);
        INetwork far = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildNetwork();

        await AssertMayReachAsync(far.Dialer, target, SshScene.Target, mayReachTarget);
        await AssertMayReachAsync(far.Dialer, other, Other, mayReachOther);
        await AssertMayListenAsync(scene, far, mayListen);
    }

    [Theory]
    [InlineData("whitelist=tcp:target:80", true, false, false)]
    [InlineData("whitelist=tcp:*:* rtcp:127.0.0.1:8080", true, true, true)]
    [InlineData("whitelist=*:*:*&blacklist=tcp:other:*", true, false, true)]
    [InlineData("blacklist=rtcp:*:1-9000", true, true, false)]
    [InlineData("whitelist=tcp:*:80&permitopen=target:80", true, false, false)]
    public async Task Whitelist_AndBlacklist_LimitEverybody(string query, bool mayReachTarget, bool mayReachOther, bool mayListen)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await using IListener other = await scene.ListenAsync(Other);
        await scene.StartAsync(scene.Builder().Serve(
            $"forward+ssh://alice:secret@gw:22?ssh_key={scene.Folder.CopyKey("id_ed25519")}&{query.Replace(" ", "%20", StringComparison.Ordinal)}"));
        INetwork far = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildNetwork();

        await AssertMayReachAsync(far.Dialer, target, SshScene.Target, mayReachTarget);
        await AssertMayReachAsync(far.Dialer, other, Other, mayReachOther);
        await AssertMayListenAsync(scene, far, mayListen);
    }

    [Theory]
    [InlineData("no", ":8080", "127.0.0.1:8080")]
    [InlineData("no", "away:8080", "127.0.0.1:8080")]
    [InlineData("no", "127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("clientspecified", ":8080", "[::]:8080")]
    [InlineData("clientspecified", "127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("clientspecified", "localhost:8080", "127.0.0.1:8080")]
    [InlineData("clientspecified", "192.0.2.1:8080", "192.0.2.1:8080")]
    [InlineData("yes", "127.0.0.1:8080", "[::]:8080")]
    [InlineData("yes", ":8080", "[::]:8080")]
    public async Task GatewayPorts_OfAServer_SayWhereClientsListen(string gatewayPorts, string asked, string expected)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().Serve(
            $"forward+ssh://alice:secret@gw:22?ssh_key={scene.Folder.CopyKey("id_ed25519")}&gateway_ports={gatewayPorts}"));
        await scene.StartRemoteAsync(
            scene.Builder().RemoteTcp(asked, SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));

        Assert.Equal(IPEndPoint.Parse(expected), scene.Recorded.Listeners.ElementAt(1).LocalEndPoint);
        bool isNarrowed = gatewayPorts == "no" && !asked.StartsWith('1');
        Assert.Equal(isNarrowed ? 1 : 0, scene.Log.WithId(ForwardingLog.ListenLimited).Count);
        await SshScene.ExchangeAsync(await scene.DialAsync(expected.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)), target);
    }

    [Fact]
    public async Task MaxClients_WithOneMore_ClosesIt()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        SshServerOptions server = scene.ServerOptions();
        server.MaxClients = 1;
        await scene.ServeAsync(server);
        Forwarder first = await scene.StartRemoteAsync(
            scene.Builder().RemoteTcp(":8080", SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));
        IDialer second = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildDialer();

        ForwardException e = await SshScene.FailAsync(second);
        Assert.Equal("forward+ssh://gw:22", e.Node);
        Assert.Contains("There are 1 clients already", e.Message, StringComparison.Ordinal);

        await first.DisposeAsync().OrFail();
        await SshScene.ExchangeAsync(await ReachAsync(second), target);

        // The server may not have seen yet that the first client has gone.
        static async Task<IConnection> ReachAsync(IDialer dialer)
        {
            while (true)
            {
                try
                {
                    return await dialer.DialAsync(SshScene.Target).OrFail();
                }
                catch (ForwardException e) when (e.Message.Contains("clients already", StringComparison.Ordinal))
                {
                    await Task.Yield();
                }
            }
        }
    }

    private static SshClientOptions KeyOf(SshScene scene) => new()
    {
        KeyFiles = [scene.Folder.CopyKey("id_ecdsa256_enc")],
        KeyPassphrase = "correct horse",
        HostKeyPins = [SshScene.Pin],
    };

    private static async Task AssertMayReachAsync(IDialer dialer, IListener listener, HostEndPoint target, bool expected)
    {
        if (expected)
        {
            await SshScene.ExchangeAsync(await dialer.DialAsync(target).OrFail(), listener);
        }
        else
        {
            Assert.Equal(ForwardError.Forbidden, (await SshScene.FailAsync(dialer, target)).Error);
        }
    }

    private static async Task AssertMayListenAsync(SshScene scene, INetwork far, bool expected)
    {
        if (expected)
        {
            await using IListener listener = await far.ListenAsync(new("", 8080)).OrFail();
            await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), listener);
        }
        else
        {
            ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => far.ListenAsync(new("", 8080)).OrFail());
            Assert.Contains("does not listen at port 8080", e.Message, StringComparison.Ordinal);
        }
    }
}
