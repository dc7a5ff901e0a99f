using GostNet.Ssh.Tests.Building;
using GostNet.Tests.Shared;
using Snippets;

namespace GostNet.Ssh.Tests.Docs;

/// <summary>The code that the package's README shows does what it says, in memory.</summary>
public sealed class SnippetRunTests
{
    private const string Passphrase = "correct horse";
    private static readonly HostEndPoint Database = new("db.internal", 5432);

    [Fact]
    public async Task SshHttpClient_ARequest_GoesThroughTheServer()
    {
        await using var scene = new SshScene();
        await using IListener web = await scene.ListenAsync(new("intranet.example.com", 80));
        await ServeAsync(scene);

        Task<string> page = SshHttpClient.RunAsync(scene.Recorded, scene.Folder.CopyKey("id_ecdsa256"), SshScene.Pin);
        await using IConnection accepted = (await web.AcceptAsync().OrFail())!;
        Assert.Equal("GET / HTTP/1.1\r\n"u8.ToArray(), await accepted.ReadAsync(16).OrFail());
        await accepted.Stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nWelcome"u8.ToArray());

        Assert.Equal("Welcome", await page.OrFail());
    }

    [Fact]
    public async Task SshForwards_ClientsAtEitherEnd_ReachTheOther()
    {
        await using var scene = new SshScene();
        await using IListener database = await scene.ListenAsync(Database);
        await using IListener web = await scene.ListenAsync(new("127.0.0.1", 80));
        await ServeAsync(scene);

        await SshForwards.RunAsync(scene.Recorded, scene.Folder.CopyKey("id_ecdsa256_enc"), Passphrase, SshScene.Pin, async _ =>
            await ReachBothAsync(scene, database, web)).OrFail();
    }

    [Fact]
    public async Task SshNodeUrls_ClientsAtEitherEnd_ReachTheOther()
    {
        await using var scene = new SshScene();
        await using IListener database = await scene.ListenAsync(Database);
        await using IListener web = await scene.ListenAsync(new("127.0.0.1", 80));
        await ServeAsync(scene);
        string known = scene.Folder.Write("known", $"gw.example.com {SshFolder.LineOf("ed25519")}");

        await SshNodeUrls.RunAsync(scene.Recorded, known, async forwarder =>
        {
            await forwarder.Forwards[1].WaitUntilListeningAsync();
            await ReachBothAsync(scene, database, web);
        }).OrFail();
    }

    [Fact]
    public async Task SshServer_AKeyThatItKnows_MayForwardWhatItAllows()
    {
        await using var scene = new SshScene();
        await using IListener database = await scene.ListenAsync(Database);
        string keys = scene.Folder.Write("keys", SshFolder.LineOf("ecdsa256"));

        await SshServer.RunAsync(scene.Recorded, keys, scene.Folder.CopyKey("id_ed25519"), async _ =>
        {
            var options = new SshClientOptions { KeyFiles = [scene.Folder.CopyKey("id_ecdsa256")], HostKeyPins = [SshScene.Pin] };
            INetwork far = scene.Builder().ViaSsh("bob@127.0.0.1:2222", options).BuildNetwork();
            await SshScene.ExchangeAsync(await far.Dialer.DialAsync(Database).OrFail(), database);
            Assert.Equal(ForwardError.Forbidden, (await SshScene.FailAsync(far.Dialer)).Error);
            await using IListener listener = await far.ListenAsync(new("", 8080)).OrFail();
            await Assert.ThrowsAsync<ForwardException>(() => far.ListenAsync(new("", 8081)).OrFail());
        }).OrFail();
    }

    [Fact]
    public async Task SshTunnel_AClient_ReachesTheTargetThroughTheProxyOverSsh()
    {
        await using var scene = new SshScene();
        await using IListener database = await scene.ListenAsync(Database);
        await scene.StartAsync(scene.Builder().Serve(
            $"socks5+ssh://alice:secret@gw.example.com:2222?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));

        await SshTunnel.RunAsync(scene.Recorded, SshScene.Pin, async _ =>
            await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:5432"), database)).OrFail();
    }

    /// <summary>Starts the SSH server that snippets go through.</summary>
    private static async Task ServeAsync(SshScene scene)
    {
        SshServerOptions options = scene.ServerOptions();
        options.AuthorizedKeysFile = scene.Folder.Write("keys", SshFolder.LineOf("ecdsa256"));
        await scene.StartAsync(scene.Builder().ServeSsh("gw.example.com:22", options));
    }

    private static async Task ReachBothAsync(SshScene scene, IListener database, IListener web)
    {
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:5432"), database);
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), web);
    }
}
