using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary><c>ohttp</c> and <c>otls</c> with simple-obfs at the other end, which ends both directions with the first, and
/// <c>ohttp</c> asked by curl.</summary>
public sealed class ObfuscationTests
{
    private const string Http = "http";
    private const string Tls = "tls";

    [PeerTheory(SimpleObfs.ServerProgram)]
    [InlineData(Http, 100)]
    [InlineData(Http, 4_000_000)]
    [InlineData(Tls, 100)]
    [InlineData(Tls, 4_000_000)]
    public async Task Client_OfObfsServer_IsEchoed(string mode, int size)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess server = await SimpleObfs.StartServerAsync(mode, LocalForward.At(target.Port));
        await using Forwarder near = await StartClientAsync(mode, server);

        using Socket client = await near.ConnectAsync();
        await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 1, size).OrFail();
        await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 2, size: 100).OrFail();
    }

    [PeerTheory(SimpleObfs.ServerProgram)]
    [InlineData(Http)]
    [InlineData(Tls)]
    public async Task Client_OfObfsServerWhoseTargetSpeaksFirst_ReadsIt(string mode)
    {
        await using TcpTarget target = TcpTarget.Greeting("220 hi"u8.ToArray());
        await using PeerProcess server = await SimpleObfs.StartServerAsync(mode, LocalForward.At(target.Port));
        await using Forwarder near = await StartClientAsync(mode, server);

        await using NetworkStream client = new(await near.ConnectAsync(), ownsSocket: true);
        byte[] greeting = new byte[6];
        await client.ReadExactlyAsync(greeting).OrFail();

        Assert.Equal("220 hi"u8.ToArray(), greeting);
    }

    [PeerTheory(SimpleObfs.LocalProgram)]
    [InlineData(Http, 100)]
    [InlineData(Http, 4_000_000)]
    [InlineData(Tls, 100)]
    [InlineData(Tls, 4_000_000)]
    public async Task Server_OfObfsLocal_Echoes(string mode, int size)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder far = await LocalForward.Of($"o{mode}://{LocalForward.AnyPort}/{LocalForward.At(target.Port)}").StartAsync();
        await using PeerProcess local = await SimpleObfs.StartLocalAsync(mode, far.Port());

        using Socket client = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, local.Port));
        await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 1, size).OrFail();
        await TcpTraffic.AssertEchoedWhileOpenAsync(client, seed: 2, size: 100).OrFail();
    }

    [PeerTheory(SimpleObfs.LocalProgram, SimpleObfs.ServerProgram, Curl.Program, Nginx.Program)]
    [InlineData(Http)]
    [InlineData(Tls)]
    public async Task Proxy_BehindObfsLocal_ServesCurl(string mode)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder far = await LocalForward.Of($"o{mode}://{LocalForward.AnyPort}").StartAsync(); // every protocol
        await using PeerProcess local = await SimpleObfs.StartLocalAsync(mode, far.Port());
        string target = $"http://localhost:{nginx.Port}/requests";

        foreach (CurlProxy proxy in Enum.GetValues<CurlProxy>())
        {
            Assert.Equal((0, "1\n"), await Curl.RunAsync([.. Curl.Through(proxy, local.Port), target]));
        }
    }

    [PeerTheory(Curl.Program, Nginx.Program)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OhttpServer_AskedByCurl_AnswersAsAWebSocketServerDoes(bool throughNginx)
    {
        await using TcpTarget target = TcpTarget.Greeting("greeting\n"u8.ToArray());
        await using Forwarder far = await LocalForward.Of($"ohttp://{LocalForward.AnyPort}/{LocalForward.At(target.Port)}").StartAsync();
        await using PeerProcess nginx = await Nginx.StartProxyAsync("front.example", "/chat", far.Address(), "/");
        string address = throughNginx ? nginx.Address : far.Address();

        await using ProgramRun curl = new(
            PeerProgram.Find(Curl.Program),
            [
                "--disable", "-sS", "-i", "-N", "--max-time", "25", "-H", "Host: front.example", "-H", "Connection: Upgrade",
                "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Key: SeoIOhcbsmW6liUaMH8HCg==", "-H", "Sec-WebSocket-Version: 13",
                $"http://{address}/chat",
            ]);
        await curl.PrintedAsync("greeting").OrFail(); // and it waits for more

        Assert.Contains("101 Switching Protocols", curl.Output, StringComparison.Ordinal);
        Assert.Contains("b8yfLuZXZIKAaemxM+Bfb4HNh+8=", curl.Output, StringComparison.Ordinal);
    }

    private static Task<Forwarder> StartClientAsync(string mode, PeerProcess server) => LocalForward.Of(
        $"tcp://{LocalForward.AnyPort}", $"forward+o{mode}://{server.Address}?host=front.example").StartAsync();
}
