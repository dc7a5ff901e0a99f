using System.Net.Sockets;
using GostNet.Diagnostics;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>nginx in front of a server of ours: it takes TLS off, and passes on what is asked for by one host and path.</summary>
public sealed class NginxFrontTests : IDisposable
{
    private const string Host = "db.example"; // of the test certificate
    private const string Path = "/tunnel";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-front-");
    private readonly PemFiles _files;
    private readonly RecordingLoggerFactory _log = new();

    public NginxFrontTests() => _files = new(_directory.FullName);

    public void Dispose()
    {
        _log.Dispose();
        _directory.Delete(recursive: true);
    }

    [PeerTheory(Nginx.Program)]
    [InlineData("wss", "ws")]
    [InlineData("ws", "ws")]
    [InlineData("mwss", "mws")]
    [InlineData("mws", "mws")]
    public async Task Tunnel_ThroughNginx_CarriesBothDirections(string outer, string inner)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await ServeAsync(inner, target.Port);
        await using PeerProcess nginx = await StartAsync(outer, inner, far.Address());
        await using Forwarder near = await ConnectAsync(outer, nginx, Path, Host);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(seed =>
            TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed))).OrFail();
    }

    /// <remarks>Nothing but the URL's own host says who is asked, wherever its addresses lead.</remarks>
    [PeerTheory(Nginx.Program)]
    [InlineData("wss", "ws")]
    [InlineData("mwss", "mws")]
    public async Task Tunnel_NodeHasAnotherAddress_IsAskedByItsName(string outer, string inner)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await ServeAsync(inner, target.Port);
        await using PeerProcess nginx = await StartAsync(outer, inner, far.Address());
        await using Forwarder near = await StartClientAsync(
            $"forward+{outer}://{Host}:443?ip={nginx.Address}&path={Path}&secure=true&ca={_files.Authority}");

        await TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed: 1).OrFail();
    }

    /// <remarks>With <c>ohttp</c> the end of a direction is TCP's own, and nginx ends both with the first.</remarks>
    [PeerFact(Nginx.Program)]
    public async Task Tunnel_OhttpThroughNginx_CarriesBothDirections()
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await ServeAsync("ohttp", target.Port);
        await using PeerProcess nginx = await StartAsync("ohttp", "ohttp", far.Address());
        await using Forwarder near = await ConnectAsync("ohttp", nginx, Path, Host);
        using Socket client = await near.ConnectAsync();

        await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 1).OrFail();
        await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 2, size: 100).OrFail();
    }

    [PeerTheory(Nginx.Program)]
    [InlineData("wss", "ws")]
    [InlineData("mwss", "mws")]
    public async Task Tunnel_ThroughNginx_CarriesHalfClose(string outer, string inner)
    {
        await using AnswerTarget target = new();
        await using Forwarder far = await ServeAsync(inner, target.Port);
        await using PeerProcess nginx = await StartAsync(outer, inner, far.Address());
        await using Forwarder near = await ConnectAsync(outer, nginx, Path, Host);
        using Socket client = await near.ConnectAsync();

        Assert.Equal(AnswerTarget.Answer, await AnswerTarget.AskAsync(client).OrFail());
        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
    }

    [PeerTheory(Nginx.Program, Curl.Program)]
    [InlineData("wss", "ws")]
    [InlineData("mwss", "mws")]
    [InlineData("ohttp", "ohttp")]
    public async Task Proxy_ThroughNginx_ServesCurl(string outer, string inner)
    {
        await using PeerProcess web = await Nginx.StartAsync();
        await using Forwarder far = await LocalForward.Of($"auto+{inner}://{LocalForward.AnyPort}{PathOf(inner)}").StartAsync();
        await using PeerProcess nginx = await StartAsync(outer, inner, far.Address());
        await using Forwarder near = await LocalForward.Of(
            $"auto://{LocalForward.AnyPort}", $"socks5+{outer}://{nginx.Address}{Parameters(outer, Path, Host)}").StartAsync();

        foreach (CurlProxy proxy in (CurlProxy[])[CurlProxy.Socks5Hostname, CurlProxy.HttpConnect, CurlProxy.Http])
        {
            Assert.Equal((0, "1\n"), await Curl.RunAsync([.. Curl.Through(proxy, near.Port()), $"http://localhost:{web.Port}/requests"]));
        }
    }

    [PeerTheory(Nginx.Program)]
    [InlineData("forward+wss", "/forbidden", Host, "403")]
    [InlineData("forward+wss", "/elsewhere", Host, "404")]
    [InlineData("forward+wss", Path, "other.example", "421")]
    [InlineData("forward+wss", Path, Host, "502")]
    [InlineData("forward+ws", Path, Host, "502")]
    [InlineData("forward+mwss", "/forbidden", Host, "403")]
    [InlineData("http+mwss", Path, Host, "502")]
    [InlineData("socks5+ohttp", Path, "other.example", "421")]
    [InlineData("socks5+ohttp", Path, Host, "502")]
    public async Task Node_NginxRefuses_ItsStatusIsLogged(string scheme, string path, string host, string status)
    {
        using ClosedPort closed = new();
        string outer = scheme[(scheme.IndexOf('+', StringComparison.Ordinal) + 1)..];
        await using PeerProcess nginx = await StartAsync(outer, "ws", closed.Address);
        await using Forwarder near = await StartClientAsync($"{scheme}://{nginx.Address}{Parameters(outer, path, host)}");
        await near.AssertTurnedAwayAsync();

        LogEntry entry = await _log.WaitForAsync(LogEventIds.DialGivenUp).OrFail();

        Assert.Contains(status, entry.Message, StringComparison.Ordinal);
    }

    /// <remarks>Nobody waits for the answer to the request, which goes out with the client's first bytes.</remarks>
    [PeerFact(Nginx.Program)]
    public async Task Tunnel_NginxRefusesOhttp_ClientSeesTheEndAndNothingOfNginx()
    {
        using ClosedPort closed = new();
        await using PeerProcess nginx = await StartAsync("ohttp", "ohttp", closed.Address);
        await using Forwarder near = await ConnectAsync("ohttp", nginx, Path, Host);
        using Socket client = await near.ConnectAsync();

        await client.SendAsync("hello"u8.ToArray());

        Assert.Equal(0, await AnswerTarget.CountAsync(client).OrFail());
        LogEntry entry = await _log.WaitForAsync(LogEventIds.ConnectionClosed).OrFail();
        Assert.Equal(ConnectionEnd.TargetReset, entry.Values["Reason"]);
    }

    [PeerTheory(Nginx.Program)]
    [InlineData("wss")]
    [InlineData("mwss")]
    public async Task Tunnel_NginxIsNotTheHost_IsNotTalkedTo(string outer)
    {
        using ClosedPort closed = new();
        await using PeerProcess nginx = await StartAsync(outer, "ws", closed.Address);
        await using Forwarder near = await StartClientAsync(
            $"forward+{outer}://{nginx.Address}?path={Path}&host={Host}&sni={Host}&secure=true&ca={_files.OtherAuthority}");
        await near.AssertTurnedAwayAsync();

        LogEntry entry = await _log.WaitForAsync(LogEventIds.DialGivenUp).OrFail();

        Assert.Contains("certificate", entry.Message, StringComparison.Ordinal);
    }

    private static Task<Forwarder> ServeAsync(string inner, int target) =>
        LocalForward.Of($"{inner}://{LocalForward.AnyPort}/{LocalForward.At(target)}{PathOf(inner)}").StartAsync();

    private static Task<PeerProcess> StartAsync(string outer, string inner, string server) => Nginx.StartProxyAsync(
        Host, IsWebSocket(outer) ? Path : "/", server, IsWebSocket(inner) ? Path : "/", IsTls(outer));

    private static string PathOf(string inner) => IsWebSocket(inner) ? $"?path={Path}" : "";

    private static bool IsWebSocket(string transport) => transport != "ohttp";

    private static bool IsTls(string transport) => transport is "wss" or "mwss";

    private Task<Forwarder> ConnectAsync(string outer, PeerProcess nginx, string path, string host) =>
        StartClientAsync($"forward+{outer}://{nginx.Address}{Parameters(outer, path, host)}");

    private Task<Forwarder> StartClientAsync(string node) =>
        LocalForward.Of($"tcp://{LocalForward.AnyPort}" + (node.StartsWith("forward", StringComparison.Ordinal) ? "" : "/127.0.0.1:9"), node).UseLoggerFactory(_log).StartAsync();

    private string Parameters(string outer, string path, string host) =>
        $"?host={host}"
        + (IsWebSocket(outer) ? $"&path={path}" : "")
        + (IsTls(outer) ? $"&secure=true&sni={Host}&ca={_files.Authority}" : "");
}
