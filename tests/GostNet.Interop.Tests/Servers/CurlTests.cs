using System.Globalization;
using System.Security.Cryptography;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;

namespace GostNet.Interop.Tests.Servers;

/// <summary>curl through proxy servers of ours to nginx.</summary>
public sealed class CurlTests : IDisposable
{
    private const string FileName = "file.bin";
    private const string UploadName = "upload.bin";

    public static readonly TheoryData<ServedProtocol, CurlProxy> Ways = new()
    {
        { ServedProtocol.Socks5, CurlProxy.Socks5 },
        { ServedProtocol.Socks5, CurlProxy.Socks5Hostname },
        { ServedProtocol.Socks4, CurlProxy.Socks4 },
        { ServedProtocol.Socks4, CurlProxy.Socks4a },
        { ServedProtocol.Http, CurlProxy.Http },
        { ServedProtocol.Http, CurlProxy.HttpConnect },
        { ServedProtocol.Auto, CurlProxy.Socks5 },
        { ServedProtocol.Auto, CurlProxy.Socks5Hostname },
        { ServedProtocol.Auto, CurlProxy.Socks4 },
        { ServedProtocol.Auto, CurlProxy.Socks4a },
        { ServedProtocol.Auto, CurlProxy.Http },
        { ServedProtocol.Auto, CurlProxy.HttpConnect },
    };

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("gostnet-www-");
    private readonly byte[] _file = RandomNumberGenerator.GetBytes(3_000_000);

    public CurlTests()
    {
        // nginx as root reads and writes files as another user.
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(_root.FullName, (UnixFileMode)0b111_111_111);
        }

        File.WriteAllBytes(PathOf(FileName), _file);
    }

    private string Downloaded => PathOf("downloaded.bin");

    public void Dispose() => _root.Delete(recursive: true);

    [PeerTheory(Curl.Program, Nginx.Program)]
    [MemberData(nameof(Ways))]
    public async Task Serve_Download_ArrivesWhole(ServedProtocol protocol, CurlProxy proxy)
    {
        await using PeerProcess nginx = await Nginx.StartAsync(_root.FullName);
        await using Forwarder forwarder = await ServedProxy.StartOpenAsync(protocol);

        (int exitCode, string output) = await Curl.RunAsync(
            [.. Curl.Through(proxy, forwarder.Port()), "--output", Downloaded, $"http://localhost:{nginx.Port}/{FileName}"]);

        Assert.True(exitCode == 0, output);
        Assert.Equal(_file, await File.ReadAllBytesAsync(Downloaded));
    }

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData(ServedProtocol.Http, CurlProxy.Http, false)]
    [InlineData(ServedProtocol.Http, CurlProxy.Http, true)]
    [InlineData(ServedProtocol.Http, CurlProxy.HttpConnect, false)]
    [InlineData(ServedProtocol.Auto, CurlProxy.Http, false)]
    [InlineData(ServedProtocol.Auto, CurlProxy.Socks5Hostname, false)]
    public async Task Serve_UploadWaitsFor100_IsContinuedAndArrivesWhole(ServedProtocol protocol, CurlProxy proxy, bool chunked)
    {
        await using PeerProcess nginx = await Nginx.StartAsync(_root.FullName);
        await using Forwarder forwarder = await ServedProxy.StartOpenAsync(protocol);

        (int exitCode, string output) = await Curl.RunAsync(
        [
            .. Curl.Through(proxy, forwarder.Port()),
            "--verbose",
            "--header", "Expect: 100-continue",
            "--expect100-timeout", "20",
            .. chunked ? new[] { "--header", "Transfer-Encoding: chunked" } : [],
            "--upload-file", PathOf(FileName),
            $"http://{nginx.Address}/{UploadName}",
        ]);

        Assert.True(exitCode == 0, output);
        Assert.Contains("< HTTP/1.1 100 Continue", output, StringComparison.Ordinal);
        Assert.Equal(_file, await File.ReadAllBytesAsync(PathOf(UploadName)));
    }

    [PeerFact(Curl.Program, Nginx.Program)]
    public async Task ServeHttp_TwoHostsInOneRun_ShareTheConnectionToTheProxy()
    {
        await using PeerProcess first = await Nginx.StartAsync();
        await using PeerProcess second = await Nginx.StartAsync();
        await using Forwarder forwarder = await ServedProxy.StartOpenAsync(ServedProtocol.Http);

        (int exitCode, string output) = await Curl.RunAsync(
        [
            .. Curl.Through(CurlProxy.Http, forwarder.Port()),
            "--write-out", " %{num_connects}\n",
            $"http://{first.Address}/requests",
            $"http://{second.Address}/requests",
            $"http://{first.Address}/requests",
        ]);

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(exitCode == 0, output);
        Assert.Equal(["1", "0", "0"], lines.Select(line => line.Split(' ')[1]));
        Assert.Equal("1 1", lines[0]); // the first request of a connection to the target, and curl's first connection
        Assert.Equal("1 0", lines[1]);
        Assert.Equal(1, forwarder.Forwards[0].TotalConnections);
    }

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData(ServedProtocol.Socks5, CurlProxy.Socks5Hostname)]
    [InlineData(ServedProtocol.Http, CurlProxy.Http)]
    [InlineData(ServedProtocol.Http, CurlProxy.HttpConnect)]
    [InlineData(ServedProtocol.Auto, CurlProxy.Socks5)]
    [InlineData(ServedProtocol.Auto, CurlProxy.Http)]
    [InlineData(ServedProtocol.Auto, CurlProxy.HttpConnect)]
    public async Task Serve_RightLogin_IsLetIn(ServedProtocol protocol, CurlProxy proxy)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder forwarder = await ServedProxy.StartWithLoginAsync(protocol);

        (int exitCode, string output) = await Curl.RunAsync(
        [
            .. Curl.Through(proxy, forwarder.Port()),
            "--proxy-user", $"{ServedProxy.UserName}:{ServedProxy.Password}",
            $"http://{nginx.Address}/requests",
        ]);

        Assert.Equal((0, "1"), (exitCode, output.TrimEnd()));
    }

    [PeerTheory(Curl.Program)]
    [InlineData(ServedProtocol.Socks5, CurlProxy.Socks5Hostname, "User was rejected")]
    [InlineData(ServedProtocol.Http, CurlProxy.Http, "407")]
    [InlineData(ServedProtocol.Http, CurlProxy.HttpConnect, "407")]
    [InlineData(ServedProtocol.Auto, CurlProxy.Socks5, "User was rejected")]
    [InlineData(ServedProtocol.Auto, CurlProxy.Http, "407")]
    [InlineData(ServedProtocol.Auto, CurlProxy.HttpConnect, "407")]
    public Task Serve_WrongPassword_IsRefused(ServedProtocol protocol, CurlProxy proxy, string why) =>
        AssertLoginRefusedAsync(protocol, proxy, why, "--proxy-user", $"{ServedProxy.UserName}:wrong-password");

    [PeerTheory(Curl.Program)]
    [InlineData(ServedProtocol.Socks5, CurlProxy.Socks5Hostname, "No authentication method was acceptable")]
    [InlineData(ServedProtocol.Http, CurlProxy.Http, "407")]
    [InlineData(ServedProtocol.Http, CurlProxy.HttpConnect, "407")]
    [InlineData(ServedProtocol.Auto, CurlProxy.Socks4a, "(92)")]
    public Task Serve_NoLogin_IsRefused(ServedProtocol protocol, CurlProxy proxy, string why) =>
        AssertLoginRefusedAsync(protocol, proxy, why);

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData(CurlProxy.Socks5, "(2)", true)]
    [InlineData(CurlProxy.Socks5, "(2)", false)]
    [InlineData(CurlProxy.Socks4, "(92)", true)]
    [InlineData(CurlProxy.Socks4, "(92)", false)]
    [InlineData(CurlProxy.Http, "403", true)]
    [InlineData(CurlProxy.Http, "403", false)]
    [InlineData(CurlProxy.HttpConnect, "403", true)]
    [InlineData(CurlProxy.HttpConnect, "403", false)]
    public async Task ServeAuto_ForbiddenByTheWhitelistOrTheBlacklist_IsRefused(CurlProxy proxy, string why, bool byWhitelist)
    {
        await using PeerProcess allowed = await Nginx.StartAsync();
        await using PeerProcess other = await Nginx.StartAsync();
        HttpProxyServerOptions options = new() { AllowAnonymous = true };
        await using Forwarder forwarder = await new ForwardBuilder()
            .Serve(ServedProtocol.Auto, byWhitelist ? options with { Whitelist = Rule(allowed) } : options with { Blacklist = Rule(other) })
            .StartAsync();
        string[] through = Curl.Through(proxy, forwarder.Port());

        (int exitCode, string output) = await Curl.RunAsync([.. through, $"http://{other.Address}/requests"]);

        Assert.Equal(Curl.RefusedBy(proxy), exitCode);
        Assert.Contains(why, output, StringComparison.Ordinal);
        Assert.Equal((0, "1\n"), await Curl.RunAsync([.. through, $"http://{allowed.Address}/requests"]));

        static string Rule(PeerProcess peer) => $"tcp:{peer.Address}";
    }

    [PeerTheory(Curl.Program)]
    [MemberData(nameof(Ways))]
    public async Task Serve_TargetRefuses_CurlIsTold(ServedProtocol protocol, CurlProxy proxy)
    {
        using ClosedPort target = new();
        await using Forwarder forwarder = await ServedProxy.StartOpenAsync(protocol);

        (int exitCode, _) = await Curl.RunAsync([.. Curl.Through(proxy, forwarder.Port()), $"http://{target.Address}/"]);

        Assert.Equal(Curl.RefusedBy(proxy), exitCode);
    }

    [PeerTheory(Curl.Program, Nginx.Program, Danted.Program)]
    [MemberData(nameof(Ways))]
    public async Task Serve_BehindAChain_GoesThroughIt(ServedProtocol protocol, CurlProxy proxy)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using PeerProcess danted = await Danted.StartAsync();
        await using Forwarder forwarder = await new ForwardBuilder()
            .Serve(protocol, new() { AllowAnonymous = true })
            .ViaSocks5(danted.Address)
            .StartAsync();

        (int exitCode, string output) = await Curl.RunAsync(
            [.. Curl.Through(proxy, forwarder.Port()), $"http://localhost:{nginx.Port}/requests"]);

        Assert.Equal((0, "1"), (exitCode, output.TrimEnd()));
        await danted.PrintedAsync(nginx.Port.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task AssertLoginRefusedAsync(ServedProtocol protocol, CurlProxy proxy, string why, params string[] login)
    {
        await using TcpTarget target = TcpTarget.Greeting("reached"u8.ToArray());
        await using Forwarder forwarder = await ServedProxy.StartWithLoginAsync(protocol);

        (int exitCode, string output) = await Curl.RunAsync(
        [
            .. Curl.Through(proxy, forwarder.Port()),
            .. login,
            "--write-out", "%{http_connect}", // the answer to CONNECT
            $"http://127.0.0.1:{target.Port}/",
        ]);

        Assert.Equal(Curl.RefusedBy(proxy), exitCode);
        Assert.Contains(why, output, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_root.FullName, name);
}
