using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;
using GostNet.Transports;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>.NET's HTTP client through the dialer of a chain, whose nodes are over a transport, to nginx.</summary>
public sealed class DialerTests : IDisposable
{
    private static readonly TlsClientOptions Verified =
        new() { CertificateAuthorities = [TestCertificates.Authority], ServerName = "db.example" };

    private static readonly TlsServerOptions Served =
        new() { Certificate = TestCertificates.IndirectServer, Intermediates = [TestCertificates.Intermediate] };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gostnet-dialer-");

    private string Certificate => Path.Combine(_directory.FullName, "nginx.pem");

    public static TheoryData<string> Transports => ["tls", "wss", "mtls", "mwss", "otls"];

    public void Dispose() => _directory.Delete(recursive: true);

    [PeerTheory(Nginx.Program)]
    [MemberData(nameof(Transports))]
    public async Task HttpClient_FiftyRequestsAtATime_AreAnswered(string transport)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        await using Forwarder far = await ServeAsync(transport, LocalForward.AnyPort);
        using HttpClient client = ClientOf(transport, far.Address());

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => client.GetStringAsync($"http://localhost:{nginx.Port}/requests"))).OrFail();

        Assert.All(answers, answer => Assert.InRange(int.Parse(answer, null), 1, 50));
        Assert.InRange(far.Forwards[0].TotalConnections, 1, 50);
    }

    [PeerTheory(Nginx.Program)]
    [MemberData(nameof(Transports))]
    public async Task HttpClient_OfTlsHosts_IsAnsweredByEach(string transport)
    {
        await using PeerProcess nginx = await NginxTls.StartAsync(Certificate);
        await using Forwarder far = await ServeAsync(transport, LocalForward.AnyPort, new LoopbackNames());
        using HttpClient client = ClientOf(transport, far.Address());

        foreach (string host in (string[])[NginxTls.FirstHost, NginxTls.SecondHost])
        {
            Assert.Equal($"{host} {host}\n", await client.GetStringAsync($"https://{host}:{nginx.Port}/").OrFail());
        }
    }

    [PeerTheory(Nginx.Program)]
    [MemberData(nameof(Transports))]
    public async Task HttpClient_ServerIsRestarted_NextRequestIsAnswered(string transport)
    {
        await using PeerProcess nginx = await Nginx.StartAsync();
        string address = LocalForward.At(FreePort.Next());
        string url = $"http://{nginx.Address}/requests";
        IDialer dialer = DialerOf(transport, address);
        using HttpClient client = ClientOf(dialer);
        IConnection open;
        await using (Forwarder first = await ServeAsync(transport, address))
        {
            Assert.Equal("1", await client.GetStringAsync(url).OrFail());
            open = await dialer.DialAsync(HostEndPoint.Parse(nginx.Address)).OrFail();
            await first.StopAsync(TimeSpan.Zero).OrFail();
        }

        await using (open)
        {
            await Task.WhenAny(open.ReadToEndAsync()).OrFail(); // ended or reset
        }

        await using Forwarder second = await ServeAsync(transport, address);
        Assert.Equal("1", await client.GetStringAsync(url).OrFail());
        await using IConnection next = await dialer.DialAsync(HostEndPoint.Parse(nginx.Address)).OrFail();
        await next.Stream.WriteAsync("GET /requests HTTP/1.0\r\n\r\n"u8.ToArray()).OrFail();
        Assert.EndsWith("\r\n\r\n1", Encoding.ASCII.GetString(await next.ReadToEndAsync().OrFail()), StringComparison.Ordinal);
    }

    [PeerFact(Nginx.Program)]
    public async Task HttpClient_ServerHasAnotherCertificate_IsToldWhy()
    {
        await using Forwarder far = await LocalForward.Of($"socks5+mwss://{LocalForward.AnyPort}").StartAsync(); // makes its own
        using HttpClient client = ClientOf("mwss", far.Address());

        HttpRequestException e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("http://localhost:9/").OrFail());

        Assert.Equal(ForwardError.CertificateRejected, Assert.IsType<ForwardException>(e.InnerException).Error);
    }

    private static Task<Forwarder> ServeAsync(string transport, string listen, INetwork? network = null) => new ForwardBuilder()
        .UseNetwork(network ?? new SocketNetwork())
        .ServeSocks5(listen, new() { AllowAnonymous = true, Transport = ServerOf(transport) })
        .StartAsync();

    private static IDialer DialerOf(string transport, string server) =>
        new ForwardBuilder().ViaSocks5(server, new() { Transport = ClientOf(transport) }).BuildDialer();

    private static ServerTransport ServerOf(string transport) => transport switch
    {
        "tls" => ServerTransport.Tcp.Tls(Served),
        "wss" => ServerTransport.Tcp.Tls(Served).WebSocket(),
        "mtls" => ServerTransport.Tcp.Tls(Served).Multiplex(),
        "mwss" => ServerTransport.Tcp.Tls(Served).WebSocket().Multiplex(),
        "otls" => ServerTransport.Tcp.TlsObfuscation(),
        _ => throw new ArgumentOutOfRangeException(nameof(transport)),
    };

    private static ClientTransport ClientOf(string transport) => transport switch
    {
        "tls" => ClientTransport.Tcp.Tls(Verified),
        "wss" => ClientTransport.Tcp.Tls(Verified).WebSocket(),
        "mtls" => ClientTransport.Tcp.Tls(Verified).Multiplex(),
        "mwss" => ClientTransport.Tcp.Tls(Verified).WebSocket().Multiplex(),
        "otls" => ClientTransport.Tcp.TlsObfuscation(),
        _ => throw new ArgumentOutOfRangeException(nameof(transport)),
    };

    private HttpClient ClientOf(string transport, string server) => ClientOf(DialerOf(transport, server));

    /// <summary>A client that trusts nginx's certificate.</summary>
    private HttpClient ClientOf(IDialer dialer) => new(new SocketsHttpHandler
    {
        ConnectCallback = dialer.ToConnectCallback(),
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0
                && certificate!.Equals(X509CertificateLoader.LoadCertificateFromFile(Certificate)),
        },
    });
}
