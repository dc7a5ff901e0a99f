using System.Net;
using System.Text;
using GostNet.Internal.Tls;
using GostNet.Protocols.Http;
using GostNet.Protocols.Sni;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Sni;

public sealed class SniServerTests
{
    private static readonly HostEndPoint Target = new("secret.example.com", 443);
    private static readonly byte[] PlainHello = Hello.Records(Hello.Message(Hello.ServerName("secret.example.com"u8)));

    private readonly FakeProxyHost _host = new();

    [Theory]
    [InlineData(16_384)]
    [InlineData(7)]
    public async Task Serve_Hello_ReachesTheNameAndPassesEverythingOn(int recordSize)
    {
        byte[] hello = Hello.Records((await Hello.RealAsync("secret.example.com"))[5..], recordSize);
        await using IListener listener = await _host.Network.ListenAsync(Target);
        await using ServedClient client = new(Create(), _host);
        foreach (byte[] segment in hello.Chunk(100))
        {
            await client.SendAsync(segment);
        }

        await client.SendAsync("17 0303 0001 00");
        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal(hello, await target.ReadAsync(hello.Length).OrFail());
        Assert.Equal(ScriptedPeer.Hex("17 0303 0001 00"), await target.ReadAsync(6).OrFail());
        await target.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.Connection.ReadToEndAsync().OrFail());
        await client.Connection.SendAndEndAsync("more"u8.ToArray());
        Assert.Equal("more"u8.ToArray(), await target.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Serve_DisguisedHello_IsRestoredToTheByte()
    {
        byte[] hello = await Hello.RealAsync("secret.example.com");
        await using IListener listener = await _host.Network.ListenAsync(new HostEndPoint("secret.example.com", 8443));
        await using ServedClient client = new(Create(new() { TargetPort = 8443 }), _host);
        IConnection disguised = await new SniConnector("front.example", TimeProvider.System).ConnectAsync(client.Connection, Target);
        await disguised.Stream.WriteAsync((byte[])[.. hello, 0x17, 3, 3]);
        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal(Convert.ToHexString(hello), Convert.ToHexString(await target.ReadAsync(hello.Length).OrFail()));
        Assert.Equal([0x17, 3, 3], await target.ReadAsync(3).OrFail());
    }

    [Fact]
    public async Task Serve_HiddenNameAlone_ReachesItAndTakesItOut()
    {
        byte[] restored = Hello.Records(Hello.Message());
        await using IListener listener = await _host.Network.ListenAsync(Target);
        await using ServedClient client = new(Create(), _host);
        await client.SendAsync(Hello.Records(Hello.Message(Hello.Extension(0xFFFE, HiddenHost.Encode("secret.example.com"u8)))));
        await client.Connection.CompleteWritesAsync();
        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal(restored, await target.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(SniCodecTests.Hostile), MemberType = typeof(SniCodecTests))]
    public async Task Serve_HostileHello_Closes(byte[] message)
    {
        await using ServedClient client = new(Create(), _host);

        await client.SendAsync(Hello.Records(message));
        try
        {
            await client.Connection.CompleteWritesAsync();
        }
        catch (IOException)
        {
            // The server was faster, and has closed it.
        }

        await client.ExpectEndAsync();
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Serving.OrFail());
        Assert.True(failure.Error is ForwardError.ProtocolError or ForwardError.ConnectionClosed, failure.Message);
        Assert.Empty(_host.Dials);
    }

    [Fact]
    public async Task Serve_HelloWithoutName_Closes()
    {
        await using ServedClient client = new(Create(), _host);

        await client.SendAsync(Hello.Records(Hello.Message()));

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
        Assert.Empty(_host.Dials);
    }

    [Fact]
    public async Task Serve_HelloOfMoreThan16Kib_Closes()
    {
        await using ServedClient client = new(Create(), _host);

        await client.SendAsync(Hello.Records(Hello.Message(Hello.Extension(21, new byte[16_400])), 1000));

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public async Task Serve_HelloIncompleteAfterTenSeconds_Closes(int length)
    {
        await using ServedClient client = new(Create(), _host);
        await client.SendAsync(PlainHello[..length]);
        await _host.Clock.WaitForTimersAsync(1).OrFail();

        _host.Clock.Advance(TimeSpan.FromSeconds(10));

        await client.ExpectCloseAsync(ForwardError.TimedOut);
        Assert.Equal(0, _host.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Serve_HelloWhereALoginIsAskedFor_Closes()
    {
        _host.Authenticator = new OneUser();
        await using ServedClient client = new(Create(), _host);

        await client.SendAsync(PlainHello);

        await client.ExpectCloseAsync(ForwardError.AuthenticationRequired);
        Assert.Empty(_host.Dials);
    }

    [Theory]
    [InlineData("localhost", null)]
    [InlineData("secret.example.com", "127.0.0.1")]
    [InlineData("secret.example.com", "10.0.0.1")]
    [InlineData("secret.example.com", "8.8.8.8 192.168.1.1")]
    [InlineData("secret.example.com", "fe80::1")]
    [InlineData("secret.example.com", "203.0.113.7")] // where the client has reached us
    public async Task Serve_PrivateTarget_ClosesBeforeItIsDialled(string name, string? addresses)
    {
        await using ServedClient client = new(
            Create(new() { Resolve = Resolving(addresses) }), _host, to: new IPEndPoint(IPAddress.Parse("203.0.113.7"), 443));

        await client.SendAsync(Hello.Records(Hello.Message(Hello.ServerName(Encoding.ASCII.GetBytes(name)))));

        await client.ExpectCloseAsync(ForwardError.Forbidden);
        Assert.Empty(_host.Dials);
    }

    [Theory]
    [InlineData("127.0.0.1", "192.0.2.1")]
    [InlineData("198.51.100.9", "198.51.100.9")] // to itself
    public async Task Serve_NameThatHasAnotherAddressByThen_ClosesBeforeAByteIsSent(string reached, string from)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(
            new IPEndPoint(IPAddress.Parse(from), 50_000), new IPEndPoint(IPAddress.Parse(reached), 443));
        _host.Dialer = new OneConnection(near);
        await using ServedClient client = new(Create(new() { Resolve = Resolving("8.8.8.8") }), _host);

        await client.SendAsync(PlainHello);

        await client.ExpectCloseAsync(ForwardError.Forbidden);
        Assert.True(near.IsAborted && near.IsDisposed);
        await Assert.ThrowsAsync<IOException>(() => far.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(true, "127.0.0.1")]
    [InlineData(false, null)] // behind a chain, whose nodes may well be in private networks
    [InlineData(false, "8.8.8.8")]
    public async Task Serve_TargetThatIsAllowed_IsReached(bool allowsPrivateTargets, string? addresses)
    {
        await using IListener listener = await _host.Network.ListenAsync(Target);
        SniSettings settings = new()
        {
            AllowsPrivateTargets = allowsPrivateTargets,
            Resolve = addresses is null ? null : Resolving(addresses),
        };
        await using ServedClient client = new(Create(settings), _host);
        await client.SendAsync(PlainHello);

        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal(PlainHello, await target.ReadAsync(PlainHello.Length).OrFail());
    }

    [Theory]
    [InlineData("GET /a?b HTTP/1.1\r\nHost: secret.example.com\r\nX: y\r\n\r\n", "GET /a?b HTTP/1.1\r\nHost: secret.example.com\r\nX: y\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: y\r\nhost: secret.example.com:80\r\n\r\n", "GET / HTTP/1.1\r\nHost: secret.example.com:80\r\nX: y\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: secret.example.com\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: secret.example.com\r\n\r\n")]
    [InlineData("GET http://secret.example.com/x HTTP/1.1\r\nHost: other\r\n\r\n", "GET /x HTTP/1.1\r\nHost: secret.example.com\r\n\r\n")]
    [InlineData(
        "GET / HTTP/1.1\r\nHost: front.example\r\nGost-Target: I6NvSGMyVmpjbVYwTG1WNFlXMXdiR1V1WTI5dA\r\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: secret.example.com\r\nX: y\r\n\r\n")]
    [InlineData(
        "GET http://front.example/x HTTP/1.1\r\nHost: front.example\r\ngost-target: I6NvSGMyVmpjbVYwTG1WNFlXMXdiR1V1WTI5dA\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: secret.example.com\r\n\r\n")]
    [InlineData(
        "GET / HTTP/1.1\r\nHost: secret.example.com\r\nGost-Target: I6NvSGMyVmpjbVYwTG1WNFlXMXdiR1V1WTI5dB\r\n\r\n", // undecodable
        "GET / HTTP/1.1\r\nHost: secret.example.com\r\n\r\n")]
    public async Task Serve_HttpRequest_ReachesTheHost(string request, string forwarded)
    {
        await using IListener listener = await _host.Network.ListenAsync(new HostEndPoint("secret.example.com", 80));
        await using ServedClient client = new(Create(), _host);
        foreach (byte[] segment in Encoding.ASCII.GetBytes(request).Chunk(20))
        {
            await client.SendAsync(segment);
        }

        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal(forwarded, Encoding.ASCII.GetString(await target.ReadAsync(forwarded.Length).OrFail()));
        await target.Stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        Assert.StartsWith(
            "HTTP/1.1 204 No Content\r\n", Encoding.ASCII.GetString(await client.ReceiveAsync(27)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CONNECT secret.example.com:443 HTTP/1.1\r\nHost: secret.example.com:443\r\n\r\n")]
    [InlineData("CONNECT front.example:443 HTTP/1.1\r\nHost: front.example\r\nGost-Target: ")]
    public async Task Serve_Connect_ReachesTheHost(string request)
    {
        if (request.EndsWith(' '))
        {
            request += Encoding.ASCII.GetString(HiddenHost.Encode("secret.example.com:443"u8)) + "\r\n\r\n";
        }

        await using IListener listener = await _host.Network.ListenAsync(Target);
        await using ServedClient client = new(Create(), _host);
        await client.SendAsync(Encoding.ASCII.GetBytes(request));

        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal("HTTP/1.1 200 "u8.ToArray(), await client.ReceiveAsync(13));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "403")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "403")]
    [InlineData("CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n", "403")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", "400")]
    [InlineData("GET x HTTP/1.1\r\nHost: secret.example.com\r\n\r\n", "400")]
    [InlineData("GET /#x HTTP/1.1\r\nHost: secret.example.com\r\n\r\n", "400")]
    [InlineData("GET / HTTP/1.1\r\nHost: user@secret.example.com\r\n\r\n", "400")]
    public async Task Serve_HttpRequestForNobody_IsAnswered(string request, string status)
    {
        await using ServedClient client = new(Create(), _host);

        await client.SendAsync(Encoding.ASCII.GetBytes(request));

        Assert.Equal($"HTTP/1.1 {status} ", Encoding.ASCII.GetString(await client.ReceiveAsync(13)));
        Assert.Empty(_host.Dials);
    }

    [Fact]
    public async Task HttpProxy_OriginFormAndGostTargetElsewhere_CountForNothing()
    {
        await using IListener listener = await _host.Network.ListenAsync(new HostEndPoint("front.example", 80));
        HttpProxyServer server = new(new());
        await using ServedClient origin = new(server, _host);
        await origin.SendAsync("GET / HTTP/1.1\r\nHost: front.example\r\n\r\n"u8.ToArray());
        Assert.Equal("HTTP/1.1 400 "u8.ToArray(), await origin.ReceiveAsync(13));

        await using ServedClient absolute = new(server, _host);
        await absolute.SendAsync(
            "GET http://front.example/ HTTP/1.1\r\nHost: x\r\nGost-Target: I6NvSGMyVmpjbVYwTG1WNFlXMXdiR1V1WTI5dA\r\n\r\n"u8.ToArray());
        await using IConnection target = (await listener.AcceptAsync().OrFail())!;

        Assert.Equal("GET / HTTP/1.1\r\nHost: front.example\r\n\r\n"u8.ToArray(), await target.ReadAsync(39).OrFail());
    }

    private static SniServer Create(SniSettings? settings = null) => new(
        new HttpProxyServer(new() { ServesHosts = true }), settings ?? new());

    private static Func<HostEndPoint, CancellationToken, ValueTask<IPAddress[]>> Resolving(string? addresses) =>
        (_, _) => new([.. (addresses ?? "8.8.8.8").Split(' ').Select(IPAddress.Parse)]);

    private sealed class OneConnection(IConnection connection) : IDialer
    {
        public ValueTask<IConnection> DialAsync(HostEndPoint target, CancellationToken cancellationToken = default) => new(connection);
    }
}
