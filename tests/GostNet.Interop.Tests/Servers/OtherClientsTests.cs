using System.Globalization;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;

namespace GostNet.Interop.Tests.Servers;

/// <summary>Real clients other than curl, through one server of ours that speaks everything.</summary>
public sealed class OtherClientsTests : IDisposable
{
    private const string Ncat = "ncat";
    private const string Proxychains = "proxychains4";
    private const string Socat = "socat";
    private const string Socksify = "socksify";
    private const string Python = PythonHttpServer.Program;
    private const string Greeting = "hello from the target";
    private const string Login = $"{ServedProxy.UserName}:{ServedProxy.Password}";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-client-");

    public void Dispose() => _directory.Delete(recursive: true);

    [PeerTheory(Ncat)]
    [InlineData("socks4", false)]
    [InlineData("socks5", false)]
    [InlineData("socks5", true)]
    [InlineData("http", false)]
    [InlineData("http", true)]
    public async Task ServeAuto_Ncat_ReachesTheTarget(string type, bool withLogin)
    {
        // Speaks to the end of what the client sends: ncat ends its direction at once, and then reads.
        await using TcpTarget target = TcpTarget.Greeting(Encoding.ASCII.GetBytes(Greeting));
        await using Forwarder forwarder = await StartAsync(withLogin);

        string output = await ProgramRun.ToEndAsync(
            Ncat,
            [
                "--proxy", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{forwarder.Port()}"),
                "--proxy-type", type,
                .. withLogin ? new[] { "--proxy-auth", Login } : [],
                "127.0.0.1", target.Port.ToString(CultureInfo.InvariantCulture),
            ]);

        Assert.Equal(Greeting, output.TrimEnd());
    }

    [PeerTheory(Socat)]
    [InlineData("SOCKS4:127.0.0.1:127.0.0.1:{0},socksport={1}", false)]
    [InlineData("SOCKS4A:127.0.0.1:localhost:{0},socksport={1}", false)]
    [InlineData("PROXY:127.0.0.1:localhost:{0},proxyport={1}", false)]
    [InlineData("PROXY:127.0.0.1:localhost:{0},proxyport={1},proxyauth=" + Login, true)]
    public async Task ServeAuto_Socat_ReachesTheTarget(string address, bool withLogin)
    {
        await using TcpTarget target = new(stream => stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting)).AsTask());
        await using Forwarder forwarder = await StartAsync(withLogin);

        string output = await ProgramRun.ToEndAsync(
            Socat, "-u", string.Format(CultureInfo.InvariantCulture, address, target.Port, forwarder.Port()), "STDOUT");

        Assert.Equal(Greeting, output.TrimEnd());
    }

    [PeerTheory(Proxychains, Curl.Program, Nginx.Program)]
    [InlineData("socks4", false)]
    [InlineData("socks5", false)]
    [InlineData("socks5", true)]
    [InlineData("http", false)]
    [InlineData("http", true)]
    public async Task ServeAuto_Proxychains_ReachesNginx(string type, bool withLogin)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder forwarder = await StartAsync(withLogin);
        string file = WriteFile($"""
            strict_chain
            [ProxyList]
            {type} 127.0.0.1 {forwarder.Port()} {(withLogin ? Login.Replace(':', ' ') : "")}

            """);

        string output = await ProgramRun.ToEndAsync(
            Proxychains,
            "-q", "-f", file, PeerProgram.Find(Curl.Program), "--disable", "--silent", "--noproxy", "*", $"http://{nginx.Address}/requests");

        Assert.Equal("1", output.TrimEnd());
        Assert.Equal(1, forwarder.Forwards[0].TotalConnections);
    }

    /// <remarks>Dante's client library puts UDP ASSOCIATE under a program that knows nothing of it.</remarks>
    [PeerFact(Socksify, Python, Dnsmasq.Program)]
    public async Task ServeSocks5_SocksifiedDatagrams_AreAnswered()
    {
        const string Ask = """
            import socket, sys
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.settimeout(20)
            name = b''.join(bytes([len(l)]) + l for l in sys.argv[2].encode().split(b'.')) + b'\0'
            for i in range(50):
                s.sendto(bytes([0, i, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + name + b'\0\1\0\1', ('127.0.0.1', int(sys.argv[1])))
                answer, source = s.recvfrom(512)
                print(answer[1], source[1], socket.inet_ntoa(answer[-4:]))
            """;
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using Forwarder forwarder = await ServedProxy.StartOpenAsync(ServedProtocol.Socks5);

        string output = await SocksifyAsync(
            forwarder, Python, "-c", Ask, dnsmasq.Port.ToString(CultureInfo.InvariantCulture), Dnsmasq.HostName);

        Assert.Equal(
            Enumerable.Range(0, 50).Select(i => $"{i} {dnsmasq.Port} {Dnsmasq.HostAddress}"),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, forwarder.Forwards[0].TotalConnections);
    }

    [PeerFact(Socksify, Curl.Program, Nginx.Program)]
    public async Task ServeSocks5_SocksifiedCurl_ReachesNginx()
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder forwarder = await ServedProxy.StartOpenAsync(ServedProtocol.Socks5);

        string output = await SocksifyAsync(
            forwarder, PeerProgram.Find(Curl.Program), "--disable", "--silent", "--noproxy", "*", $"http://{nginx.Address}/requests");

        Assert.Equal("1", output.TrimEnd());
        Assert.Equal(1, forwarder.Forwards[0].TotalConnections);
    }

    private static Task<Forwarder> StartAsync(bool withLogin) =>
        withLogin ? ServedProxy.StartWithLoginAsync(ServedProtocol.Auto) : ServedProxy.StartOpenAsync(ServedProtocol.Auto);

    private Task<string> SocksifyAsync(Forwarder forwarder, params string[] command)
    {
        string file = WriteFile($$"""
            route {
                from: 0.0.0.0/0 to: 0.0.0.0/0 via: 127.0.0.1 port = {{forwarder.Port()}}
                protocol: tcp udp
                proxyprotocol: socks_v5
                method: none
            }

            """);

        // It reads its file's name from the environment, and would go straight to what is on this machine.
        return ProgramRun.ToEndAsync("env", [$"SOCKS_CONF={file}", "SOCKS_AUTOADD_LANROUTES=no", PeerProgram.Find(Socksify), .. command]);
    }

    private string WriteFile(string text)
    {
        string file = Path.Combine(_directory.FullName, "client.conf");
        File.WriteAllText(file, text);
        return file;
    }
}
