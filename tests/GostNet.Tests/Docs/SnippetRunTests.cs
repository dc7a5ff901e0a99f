using System.Net;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports.Tls;
using GostNet.Transports.Tls;
using Snippets;

namespace GostNet.Tests.Docs;

/// <summary>The code that README files show does what they say, in memory.</summary>
public sealed class SnippetRunTests
{
    private static readonly HostEndPoint Database = new("db.internal", 5432);
    private static readonly IAuthenticator Alice = Authenticators.Users(new NetworkCredential("alice", "secret"));
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task LocalForward_AClient_ReachesTheTarget()
    {
        await using IListener web = await ListenAsync("example.com:80");

        await LocalForward.RunAsync(_network, async forwarder =>
        {
            await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await AcceptAsync(web));
            Assert.Equal(ForwardState.Listening, Assert.Single(forwarder.Forwards).State);
        }).OrFail();
    }

    [Fact]
    public async Task TwoProxies_AClient_ReachesTheTargetThroughBoth()
    {
        await using IListener proxy = await ListenAsync("proxy.example.com:3128");

        await TwoProxies.RunAsync(_network, async _ =>
        {
            IConnection client = await DialAsync("127.0.0.1:5432");
            IConnection chain = await AcceptAsync(proxy);
            string connect = await chain.GrantConnectAsync();
            Assert.StartsWith("CONNECT 10.0.0.1:1080 HTTP/1.1\r\n", connect, StringComparison.Ordinal);
            Assert.Contains($"Basic {Convert.ToBase64String("alice:secret"u8)}\r\n", connect, StringComparison.Ordinal);
            Assert.Equal(("bob:secret", Database), await chain.GrantSocks5Async());
            await ExchangeAsync(client, chain);
        }).OrFail();
    }

    [Fact]
    public async Task SeveralTargets_TheFirstIsDown_ReachesTheSecond()
    {
        await using IListener second = await ListenAsync("10.0.0.2:80");

        await SeveralTargets.RunAsync(
            _network, async _ => await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await AcceptAsync(second))).OrFail();
        Assert.Equal([new("127.0.0.1", 8080), new("10.0.0.1", 80), new("10.0.0.2", 80)], _network.Dials);
    }

    [Fact]
    public async Task SeveralProxies_TheFirstIsDown_GoesThroughTheSecond()
    {
        await using IListener second = await ListenAsync("10.0.0.2:3128");

        await SeveralProxies.RunAsync(_network, async _ =>
        {
            IConnection client = await DialAsync("127.0.0.1:5432");
            IConnection chain = await AcceptAsync(second);
            Assert.StartsWith($"CONNECT {Database} ", await chain.GrantConnectAsync(), StringComparison.Ordinal);
            await ExchangeAsync(client, chain);
        }).OrFail();
    }

    [Fact]
    public async Task UdpForward_AClient_GetsAnAnswer()
    {
        await using IDatagramListener server = await _network.ListenDatagramsAsync(HostEndPoint.Parse("10.0.0.53:53"));

        await UdpForward.RunAsync(_network, async _ =>
        {
            await ExchangeDatagramsAsync("127.0.0.1:5353", server);
        }).OrFail();
    }

    [Fact]
    public async Task RemoteForward_AClientAtTheFarEnd_ReachesTheTarget()
    {
        await using Forwarder gateway = await ServeGatewayAsync(Alice);
        await using IListener target = await ListenAsync("127.0.0.1:22");

        await RemoteForward.RunAsync(_network, async forwarder =>
        {
            Forward forward = Assert.Single(forwarder.Forwards);
            Assert.Equal(ForwardState.Listening, forward.State);
            Assert.Equal(2222, Assert.IsType<IPEndPoint>(forward.LocalEndPoint).Port);
            await ExchangeAsync(await DialAsync("127.0.0.1:2222"), await AcceptAsync(target));
        }).OrFail();
    }

    [Fact]
    public async Task RemoteUdpForward_AClientAtTheFarEnd_GetsAnAnswer()
    {
        await using Forwarder gateway = await ServeGatewayAsync(users: null);
        await using IDatagramListener server = await _network.ListenDatagramsAsync(HostEndPoint.Parse("192.168.1.1:53"));

        await RemoteUdpForward.RunAsync(_network, async forwarder =>
        {
            await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();
            await ExchangeDatagramsAsync("127.0.0.1:5353", server);
        }).OrFail();
    }

    [Fact]
    public async Task UdpThroughProxy_AClient_GetsAnAnswer()
    {
        await using Forwarder gateway = await ServeGatewayAsync(users: null);
        await using IDatagramListener server = await _network.ListenDatagramsAsync(HostEndPoint.Parse("10.0.0.53:53"));

        await UdpThroughProxy.RunAsync(_network, async _ =>
        {
            await ExchangeDatagramsAsync("127.0.0.1:5353", server);
            Assert.Contains(new HostEndPoint("gw.example.com", 1080), _network.Dials);
        }).OrFail();
    }

    [Fact]
    public async Task ProxyServer_UsersOfBothProtocols_ReachWhatIsAllowed()
    {
        await using IListener web = await ListenAsync("www.example.com:443");

        await ProxyServer.RunAsync(_network, async _ =>
        {
            IDialer socks = Client().ViaSocks5("127.0.0.1:1080", new() { Credential = new("alice", "secret") }).BuildDialer();
            IDialer http = Client().ViaHttp("127.0.0.1:1080", new() { Credential = new("bob", "hidden") }).BuildDialer();
            foreach (IDialer dialer in new[] { socks, http })
            {
                await ExchangeAsync(await dialer.DialAsync(new("www.example.com", 443)).OrFail(), await AcceptAsync(web));
            }

            await AssertRefusedAsync(ForwardError.Forbidden, socks, new("www.example.org", 443));
            await AssertRefusedAsync(
                ForwardError.AuthenticationFailed,
                Client().ViaSocks5("127.0.0.1:1080", new() { Credential = new("alice", "guess") }).BuildDialer(),
                new("www.example.com", 443));
        }).OrFail();
    }

    [Fact]
    public async Task ProxyServer_AUserWhoListens_GetsAPortOfTheWhitelistOnly()
    {
        await ProxyServer.RunAsync(_network, async _ =>
        {
            INetwork far = Client().ViaSocks5("127.0.0.1:1080", new() { Credential = new("alice", "secret") }).BuildNetwork();
            await using IListener listener = await far.ListenAsync(new("", 8080)).OrFail();
            Assert.Equal(8080, Assert.IsType<IPEndPoint>(listener.LocalEndPoint).Port);
            ForwardException refused = await Assert.ThrowsAsync<ForwardException>(() => far.ListenAsync(new("", 22)).OrFail());
            Assert.Equal(ForwardError.Forbidden, refused.Error);
        }).OrFail();
    }

    [Fact]
    public async Task FarListener_AClientAtTheFarEnd_IsHandled()
    {
        Forwarder gateway = await ServeGatewayAsync(users: null);
        TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<IConnection> handled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        Task accepting = FarListener.RunAsync(_network, listening.SetResult, connection =>
        {
            handled.SetResult(connection);
            return Task.CompletedTask;
        });
        await (await Task.WhenAny(listening.Task, accepting)).OrFail();
        await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await handled.Task.OrFail());

        await gateway.DisposeAsync();
        await Assert.ThrowsAsync<ForwardException>(() => accepting.OrFail()); // the far end is lost
    }

    [Fact]
    public async Task TlsWithinSocks5_TheServerHasThePinnedKey_IsPassed()
    {
        await using Forwarder gateway = await ServeGatewayAsync(Alice);
        await using IListener database = await ListenAsync(Database.ToString());

        await TlsWithinSocks5.RunAsync(_network, PublicKeyPin.Of(SelfSignedCertificate.CreateForThisProcess([])), async _ =>
            await ExchangeAsync(await DialAsync("127.0.0.1:5432"), await AcceptAsync(database))).OrFail();
    }

    [Fact]
    public async Task TlsWithinSocks5_TheServerHasAnotherKey_HearsNoPassword()
    {
        List<string> logins = [];
        await using Forwarder gateway = await ServeGatewayAsync(new Eavesdropper(logins));

        await TlsWithinSocks5.RunAsync(_network, "sha256:" + new string('0', 64), async forwarder =>
        {
            TaskCompletionSource<ForwardedConnection> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            forwarder.ConnectionClosed += (_, e) => closed.SetResult(e.Connection);
            await using IConnection client = await DialAsync("127.0.0.1:5432");
            Assert.Equal(ForwardError.CertificateRejected, Assert.IsType<ForwardException>((await closed.Task.OrFail()).Error).Error);
        }).OrFail();
        Assert.Empty(logins);
    }

    [Fact]
    public async Task TunnelServer_AClientWithThePinOfTheFile_ReachesTheTarget()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            await using IListener database = await ListenAsync("127.0.0.1:5432");
            string file = Path.Combine(folder.FullName, "server.pem");
            await TunnelServer.RunAsync(_network, file, async _ =>
            {
                string pin = PemFile.ReadIdentity(file, file).Pin;
                IDialer dialer = Client().ViaTunnel(
                    "127.0.0.1:443", new() { Transport = ClientTransport.Tcp.Tls(new() { Pins = [pin] }).Multiplex() }).BuildDialer();
                await ExchangeAsync(await dialer.DialAsync(new("", 0)).OrFail(), await AcceptAsync(database));
            }).OrFail();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task TunnelClient_AClient_ReachesTheServersTarget()
    {
        await using IListener database = await ListenAsync(Database.ToString());
        ServerTransport transport = ServerTransport.Tcp.Tls(new() { Certificate = TestCertificates.Server }).Multiplex();
        await using Forwarder server = Client()
            .LocalTcp("gw.example.com:443", Database.ToString(), new() { Transport = transport }).Build();
        await server.StartAsync().OrFail();

        await TunnelClient.RunAsync(_network, PublicKeyPin.Of(TestCertificates.Server), async _ =>
            await ExchangeAsync(await DialAsync("127.0.0.1:5432"), await AcceptAsync(database))).OrFail();
    }

    [Fact]
    public async Task ProxyOverWebSocket_AServerThatNobodyTrusts_IsToldNothing()
    {
        List<string> logins = [];
        await using Forwarder gateway = Client().ServeSocks5("gw.example.com:443", new()
        {
            Transport = ServerTransport.Tcp.Tls(new() { Certificate = TestCertificates.Server }).WebSocket(new() { Path = "/chat" }),
            Authenticator = new Eavesdropper(logins),
        }).Build();
        await gateway.StartAsync().OrFail();

        await ProxyOverWebSocket.RunAsync(_network, async forwarder =>
        {
            TaskCompletionSource<ForwardedConnection> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            forwarder.ConnectionClosed += (_, e) => closed.SetResult(e.Connection);
            await forwarder.StartAsync().OrFail();
            await using IConnection client = await DialAsync("127.0.0.1:5432");
            Assert.Equal(ForwardError.CertificateRejected, Assert.IsType<ForwardException>((await closed.Task.OrFail()).Error).Error);
        }).OrFail();
        Assert.Empty(logins);
    }

    [Fact]
    public async Task ShadowsocksServer_AClient_ReachesTargetsByTcpAndUdp()
    {
        await using IListener database = await ListenAsync(Database.ToString());
        await using IDatagramListener names = await _network.ListenDatagramsAsync(new("10.0.0.53", 53));
        await ShadowsocksServer.RunAsync(_network, async _ =>
        {
            INetwork far = Client().ViaShadowsocks("127.0.0.1:8388", new() { Password = "secret" }).BuildNetwork();
            await ExchangeAsync(await far.Dialer.DialAsync(Database).OrFail(), await AcceptAsync(database));

            await using IDatagramSocket client = await far.DatagramDialer.DialAsync(new("10.0.0.53", 53)).OrFail();
            await client.SendTextAsync("question");
            Received question = await names.ReceiveTextAsync();
            await names.AnswerAsync(question, "answer");
            Assert.Equal("answer", await client.ReceiveTextAsync());
        }).OrFail();
    }

    [Fact]
    public async Task HttpClientThroughProxies_ARequest_GoesThroughTheChain()
    {
        await using IListener proxy = await ListenAsync("10.0.0.1:1080");

        Task<string> page = HttpClientThroughProxies.RunAsync(_network);
        IConnection chain = await AcceptAsync(proxy);
        Assert.Equal(("", new("intranet.example.com", 80)), await chain.GrantSocks5Async().OrFail());
        Assert.StartsWith("GET / HTTP/1.1\r\n", await chain.ReadHeadAsync().OrFail(), StringComparison.Ordinal);
        await chain.Stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nWelcome"u8.ToArray());

        Assert.Equal("Welcome", await page.OrFail());
        await chain.DisposeAsync();
    }

    [Fact]
    public async Task NodeUrls_AClient_ReachesTheTargetThroughTheProxy()
    {
        await using IListener proxy = await ListenAsync("10.0.0.1:1080");

        await NodeUrls.RunAsync(_network, async _ =>
        {
            IConnection client = await DialAsync("127.0.0.1:2222");
            IConnection chain = await AcceptAsync(proxy);
            Assert.Equal(("", new("192.168.1.1", 22)), await chain.GrantSocks5Async());
            await ExchangeAsync(client, chain);
        }).OrFail();
    }

    [Fact]
    public async Task UnitTest_OfAUser_Passes() => await UnitTest.RunAsync().OrFail();

    [Fact]
    public async Task Observing_AConnection_IsToldOfWhenItEnds()
    {
        await using IListener web = await ListenAsync("example.com:80");

        await Observing.RunAsync(_network, async forwarder =>
        {
            TaskCompletionSource<ForwardedConnection> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            forwarder.ConnectionClosed += (_, e) => closed.SetResult(e.Connection);
            await ExchangeAsync(await DialAsync("127.0.0.1:8080"), await AcceptAsync(web));
            Assert.Equal(ConnectionEnd.Completed, (await closed.Task).End);
        }).OrFail();
    }

    [Fact]
    public void Mistakes_OfTheUser_AreAllInTheReadme() => Assert.Equal(
        Mistakes.Run(), Mistakes.Run().Where(mistake => Repository.Read("README.md").Contains($"\n{mistake}\n", StringComparison.Ordinal)));

    /// <summary>Serves the SOCKS5 proxy that snippets go through.</summary>
    private async Task<Forwarder> ServeGatewayAsync(IAuthenticator? users)
    {
        Forwarder gateway = Client()
            .ServeSocks5("gw.example.com:1080", new() { Authenticator = users, AllowAnonymous = users is null })
            .Build();
        await gateway.StartAsync().OrFail();
        return gateway;
    }

    private ForwardBuilder Client() => new ForwardBuilder().UseNetwork(_network);

    private static async Task AssertRefusedAsync(ForwardError error, IDialer dialer, HostEndPoint target) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(target).OrFail())).Error);

    private async Task<IListener> ListenAsync(string endPoint) => await _network.ListenAsync(HostEndPoint.Parse(endPoint));

    private async Task<IConnection> DialAsync(string endPoint) => await _network.Dialer.DialAsync(HostEndPoint.Parse(endPoint)).OrFail();

    private static async Task<IConnection> AcceptAsync(IListener listener)
    {
        IConnection? connection = await listener.AcceptAsync().OrFail();
        Assert.NotNull(connection);
        return connection;
    }

    /// <summary>A question and an answer, each ended; then both ends are closed.</summary>
    private static async Task ExchangeAsync(IConnection client, IConnection target)
    {
        await using (client)
        await using (target)
        {
            await client.SendAndEndAsync("question"u8.ToArray());
            Assert.Equal("question"u8.ToArray(), await target.ReadToEndAsync());
            await target.SendAndEndAsync("answer"u8.ToArray());
            Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync());
        }
    }

    /// <summary>A question and an answer through a UDP forward.</summary>
    private async Task ExchangeDatagramsAsync(string forward, IDatagramListener server)
    {
        await using IDatagramSocket client = await _network.DatagramDialer.DialAsync(HostEndPoint.Parse(forward)).OrFail();
        await client.SendTextAsync("question");
        Received question = await server.ReceiveTextAsync();
        Assert.Equal("question", question.Text);
        await server.AnswerAsync(question, "answer");
        Assert.Equal("answer", await client.ReceiveTextAsync());
    }

    /// <summary>Takes down who wants to log in.</summary>
    private sealed class Eavesdropper(List<string> logins) : IAuthenticator
    {
        public bool Authenticate(string userName, string password)
        {
            logins.Add(userName);
            return true;
        }
    }
}
