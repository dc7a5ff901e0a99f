using System.Net;
using GostNet.Ssh.Building;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>The keys of servers, at both ends.</summary>
public sealed class SshHostKeyTests
{
    [Fact]
    public async Task HostKey_OfAServerWithoutFiles_IsMadeAndTheSameAtTheNextStart()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        SshServerOptions server = scene.ServerOptions();
        (server.HostKeyFiles, server.GeneratedHostKeyFile) = ([], Path.Combine(scene.Folder.Path, "state", "host_key"));

        Forwarder first = await scene.ServeAsync(server);
        await first.DisposeAsync().OrFail();
        await scene.ServeAsync(server);

        string[] shown = [.. scene.Log.WithId(SshBuildLog.HostKeyUsedId).Select(entry => (string)entry.Values["Fingerprint"]!)];
        Assert.Equal(2, shown.Length);
        Assert.Equal(shown[0], shown[1]);
        IDialer dialer = scene.Builder().ViaSsh("gw", SshScene.ClientOptions() with { HostKeyPins = [shown[0]] }).BuildDialer();
        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
    }

    [Fact]
    public async Task HostKeys_OfSeveralKinds_AreShownToWhoeverKnowsOneOfThem()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        string[] keys = ["ed25519", "ecdsa384", "rsa3072"];
        SshServerOptions server = scene.ServerOptions();
        server.HostKeyFiles = [.. keys.Select(key => scene.Folder.CopyKey($"id_{key}"))];
        await scene.ServeAsync(server);

        foreach (string key in keys)
        {
            string known = scene.Folder.Write("known", $"gw {SshFolder.LineOf(key)}");
            IDialer dialer = scene.Builder().ViaSsh("gw", new() { Credential = SshScene.Alice, KnownHostsFiles = [known] }).BuildDialer();
            await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        }
    }

    [Fact]
    public async Task KnownHosts_AcceptNew_LearnsAServerAndNoticesAnother()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        string known = scene.Folder.Of("known");
        string node = $"forward+ssh://alice:secret@gw:22?known_hosts={known}&strict=";
        SshServerOptions server = scene.ServerOptions();
        Forwarder first = await scene.ServeAsync(server);

        await SshScene.ExchangeAsync(await scene.Builder().Via($"{node}accept-new").BuildDialer().DialAsync(SshScene.Target).OrFail(), target);
        Assert.Equal($"gw {SshFolder.LineOf("ed25519")}", await File.ReadAllTextAsync(known));
        await SshScene.ExchangeAsync(await scene.Builder().Via($"{node}yes").BuildDialer().DialAsync(SshScene.Target).OrFail(), target);

        await first.DisposeAsync().OrFail();
        server.HostKeyFiles = [scene.Folder.CopyKey("id_ecdsa256")];
        await scene.ServeAsync(server);
        foreach (string strict in new[] { "yes", "accept-new", "no" })
        {
            ForwardException e = await SshScene.FailAsync(scene.Builder().Via(node + strict).BuildDialer());
            Assert.Equal(ForwardError.CertificateRejected, e.Error);
            Assert.Contains("The key of the server gw has changed, or somebody sits in between", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("strict=yes", false)]
    [InlineData("strict=no", true)]
    [InlineData("secure=false", true)]
    [InlineData("secure=true", false)]
    public async Task KnownHosts_WithoutTheServer_TakeItOnlyIfTheUrlSaysSo(string query, bool expected)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        string known = scene.Folder.Write("known", $"elsewhere {SshFolder.LineOf("ed25519")}");
        IDialer dialer = scene.Builder().Via($"forward+ssh://alice:secret@gw:22?known_hosts={known}&{query}").BuildDialer();

        if (expected)
        {
            await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        }
        else
        {
            ForwardException e = await SshScene.FailAsync(dialer);
            Assert.Equal((ForwardError.CertificateRejected, "forward+ssh://gw:22"), (e.Error, e.Node));
            Assert.Contains($"write host_key={SshScene.Pin}", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("forward+ssh://alice:secret@:22?")]
    [InlineData("forward+ssh://alice:secret@localhost:22?ip=127.0.0.1&")]
    public async Task KnownHosts_OfThisMachineOrAnotherAddress_GoByTheNameOfTheUrl(string url)
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.StartAsync(scene.Builder().ServeSsh("127.0.0.1:22", scene.ServerOptions()));
        string known = scene.Folder.Write("known", $"localhost {SshFolder.LineOf("ed25519")}");

        IDialer dialer = scene.Builder().Via($"{url}known_hosts={known}").BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
    }

    [Fact]
    public async Task AnyHostKey_WithoutFiles_IsTakenWithAWarning()
    {
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        IDialer dialer = scene.Builder().ViaSsh(
            "gw", new() { Credential = SshScene.Alice, HostKeyCheck = HostKeyCheck.None, KnownHostsFiles = [] }).BuildDialer();

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);

        Assert.Contains(scene.Log.Entries, entry => entry.Message.StartsWith("The server forward+ssh://gw:22 is not verified", StringComparison.Ordinal));
    }
}
