using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>GOST's tunnel, with both our ends, as URLs have it.</summary>
public sealed class TunnelTests
{
    private static readonly HostEndPoint Db = new("db", 5432);

    [Theory]
    [InlineData("socks5+ssh")]
    [InlineData("http+ssh")]
    public async Task Dial_ThroughAProxyInATunnel_ReachesTheTarget(string scheme)
    {
        await using SshScene scene = await SshScene.StartAsync(
            $"{scheme}://user:right-password@gate:22?ssh_key={{key}}", $"{scheme}://user:right-password@gate:22");
        await using IListener db = await scene.Network.ListenAsync(Db);

        await using IConnection client = await scene.DialAsync("db", 5432);
        await using IConnection? target = await db.AcceptAsync().OrFail();
        await client.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await target!.ReadToEndAsync().OrFail());
        await target!.SendAndEndAsync("answer"u8.ToArray()).OrFail();
        Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());

        await using IConnection another = await scene.DialAsync("db", 5432);
        Assert.Equal(1, scene.Sessions);
    }

    [Fact]
    public async Task Dial_ATunnelServerAsIfItForwarded_SaysThatItDoesNot()
    {
        await using SshScene scene = await SshScene.StartAsync(
            "socks5+ssh://user:right-password@gate:22?ssh_key={key}", "forward+ssh://user:right-password@gate:22");

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("db", 5432));

        Assert.Equal(ForwardError.CommandNotSupported, e.Error);
        Assert.Contains("tunnels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_AForwardingServerAsIfItWereATunnel_SaysThatItIsNot()
    {
        await using SshScene scene = await SshScene.StartAsync(
            "forward+ssh://user:right-password@gate:22?ssh_key={key}", "socks5+ssh://user:right-password@gate:22");

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("db", 5432));

        Assert.Equal(ForwardError.CommandNotSupported, e.Error);
        Assert.Contains("forward+ssh", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_WithTheWrongPassword_IsNotLetIn()
    {
        await using SshScene scene = await SshScene.StartAsync(
            "forward+ssh://user:right-password@gate:22?ssh_key={key}", "forward+ssh://user:wrong-password@gate:22");

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("db", 5432));

        Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
    }
}
