using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>What real proxies say when they cannot or will not: always a typed error of whoever is to blame.</summary>
public sealed class ProxyErrorTests
{
    private const string WrongPassword = "wrong-password";

    [Theory]
    [ProxyRow(ProxyKind.DantedSocks5, ForwardError.ConnectionRefused)]
    [ProxyRow(ProxyKind.DantedSocks4, ForwardError.TargetUnreachable)] // SOCKS4 has one code for all failures
    [ProxyRow(ProxyKind.MicrosocksSocks5, ForwardError.ConnectionRefused)]
    [ProxyRow(ProxyKind.TinyproxyHttp, ForwardError.TargetUnreachable)]
    [ProxyRow(ProxyKind.ApacheHttp, ForwardError.TargetUnreachable)]
    public async Task DialAsync_TargetRefuses_TargetIsToBlame(ProxyKind kind, ForwardError error)
    {
        using ClosedPort target = new();
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);

        ForwardException e = await FailToDialAsync(proxy.BuildDialer(), target.Address);

        Assert.Equal(error, e.Error);
        Assert.True(e.IsTargetFault);
        Assert.Null(e.Node);
        Assert.Equal(target.Address, e.Target?.ToString());
    }

    /// <remarks>ssh closes the connection without a reply, so the target's failure cannot be told from the proxy's.</remarks>
    [Theory]
    [ProxyRows(OpenSsh.Client)]
    public async Task DialAsync_TargetRefusesBehindSsh_NodeIsToBlame(ProxyKind kind)
    {
        using ClosedPort target = new();
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);

        ForwardException e = await FailToDialAsync(proxy.BuildDialer(), target.Address);

        Assert.Equal(ForwardError.ConnectionClosed, e.Error);
        Assert.Equal(proxy.Name, e.Node);
    }

    [Theory]
    [ProxyRow(ProxyKind.MicrosocksSocks5Login, WrongPassword, ForwardError.AuthenticationFailed)]
    [ProxyRow(ProxyKind.MicrosocksSocks5Login, null, ForwardError.AuthenticationRequired)]
    [ProxyRow(ProxyKind.TinyproxyHttpLogin, WrongPassword, ForwardError.AuthenticationFailed)]
    [ProxyRow(ProxyKind.TinyproxyHttpLogin, null, ForwardError.AuthenticationRequired)]
    public async Task DialAsync_LoginIsWrongOrMissing_NodeIsToBlame(ProxyKind kind, string? password, ForwardError error)
    {
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);

        await AssertNodeIsToBlameAsync(proxy.AddTo(new(), password), proxy.Name, error);
    }

    [PeerFact(Danted.Program, Microsocks.Program)]
    public async Task DialAsync_SecondProxyRejectsThePassword_SecondIsToBlame()
    {
        await using ProxyNode first = await ProxyNode.StartAsync(ProxyKind.DantedSocks4);
        await using ProxyNode second = await ProxyNode.StartAsync(ProxyKind.MicrosocksSocks5Login);

        await AssertNodeIsToBlameAsync(
            second.AddTo(first.AddTo(new()), WrongPassword), second.Name, ForwardError.AuthenticationFailed);
    }

    [Theory]
    [ProxyRow(ProxyKind.DantedSocks5, ForwardError.ConnectionRefused)]
    [ProxyRow(ProxyKind.MicrosocksSocks5, ForwardError.ConnectionRefused)]
    [ProxyRow(ProxyKind.TinyproxyHttp, ForwardError.TargetUnreachable)]
    public async Task DialAsync_SecondProxyRefuses_SecondIsToBlame(ProxyKind kind, ForwardError error)
    {
        using ClosedPort second = new();
        await using ProxyNode first = await ProxyNode.StartAsync(kind);

        ForwardException e = await FailToDialAsync(
            first.AddTo(new()).ViaHttp(second.Address).BuildDialer(), "target.test:80");

        Assert.Equal(error, e.Error);
        Assert.False(e.IsTargetFault);
        Assert.Equal($"http://{second.Address}", e.Node);
    }

    /// <remarks>danted takes 0.0.0.1, which says that a name follows, for the target's address.</remarks>
    [PeerFact(Danted.Program)]
    public async Task DialAsync_Socks4aOfDanted_TargetIsToBlame()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess proxy = await Danted.StartAsync();

        ForwardException e = await FailToDialAsync(
            new ForwardBuilder().ViaSocks4a(proxy.Address).BuildDialer(), $"localhost:{target.Port}");

        Assert.Equal(ForwardError.TargetUnreachable, e.Error);
        Assert.True(e.IsTargetFault);
    }

    [PeerFact(Nginx.Program)]
    public async Task DialAsync_Socks5SpokenToNginx_NodeIsToBlame()
    {
        await using PeerProcess nginx = await Nginx.StartAsync();

        await AssertNodeIsToBlameAsync(
            new ForwardBuilder().ViaSocks5(nginx.Address), $"socks5://{nginx.Address}", ForwardError.ProtocolError);
    }

    [PeerFact(OpenSsh.Server, OpenSsh.KeyMaker)]
    public async Task DialAsync_HttpSpokenToSshd_NodeIsToBlame()
    {
        await using OpenSsh server = await OpenSsh.StartAsync();

        await AssertNodeIsToBlameAsync(
            new ForwardBuilder().ViaHttp(server.Address), $"http://{server.Address}", ForwardError.ProtocolError);
    }

    [PeerFact(Tinyproxy.Program)]
    public async Task LocalTcp_ProxyRejectsThePassword_ClientIsClosedAndTheEventSaysWhy()
    {
        await using ProxyNode proxy = await ProxyNode.StartAsync(ProxyKind.TinyproxyHttpLogin);
        await using Forwarder forwarder = proxy
            .AddTo(new ForwardBuilder().LocalTcp(LocalForward.AnyPort, "target.test:80"), WrongPassword)
            .Build();
        TaskCompletionSource<ForwardedConnection> closed = new();
        forwarder.ConnectionClosed += (_, e) => closed.SetResult(e.Connection);
        await forwarder.StartAsync();

        using Socket client = await forwarder.ConnectAsync();
        SocketException reset = await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1])).OrFail();
        ForwardedConnection connection = await closed.Task.OrFail();

        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        Assert.Equal(ConnectionEnd.DialFailed, connection.End);
        Assert.Equal(ForwardError.AuthenticationFailed, Assert.IsType<ForwardException>(connection.Error).Error);
    }

    private static async Task AssertNodeIsToBlameAsync(ForwardBuilder chain, string node, ForwardError error)
    {
        ForwardException e = await FailToDialAsync(chain.BuildDialer(), "target.test:80");

        Assert.Equal(error, e.Error);
        Assert.Equal(node, e.Node);
        Assert.Contains(node, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(WrongPassword, e.ToString(), StringComparison.Ordinal);
    }

    private static Task<ForwardException> FailToDialAsync(IDialer dialer, string target) =>
        Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(HostEndPoint.Parse(target)).AsTask()).OrFail();
}
