using System.Text;
using GostNet.Protocols.Authentication;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Http;

public sealed class HttpProxyForwardTests : HttpProxyTests
{
    private const string Get = "GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string GetForwarded = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("GET http://a.example/p?q=/? HTTP/1.1\r\nHost: other\r\n", "a.example:80", "GET /p?q=/? HTTP/1.1\r\nHost: a.example\r\n")]
    [InlineData("GET HTTP://A.example:8080 HTTP/1.1\r\nHost:\r\n", "A.example:8080", "GET / HTTP/1.1\r\nHost: A.example:8080\r\n")]
    [InlineData("GET http://a.example:?q HTTP/1.1\r\nHost: x\r\n", "a.example:80", "GET /?q HTTP/1.1\r\nHost: a.example:\r\n")]
    [InlineData("OPTIONS http://a.example HTTP/1.1\r\nHost: x\r\n", "a.example:80", "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n")]
    [InlineData("OPTIONS http://a.example/ HTTP/1.1\r\nHost: x\r\n", "a.example:80", "OPTIONS / HTTP/1.1\r\nHost: a.example\r\n")]
    [InlineData("GET http://[2001:db8::1]/ HTTP/1.1\r\nHost: x\r\n", "[2001:db8::1]:80", "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n")]
    [InlineData("X-Y http://a.example/ä HTTP/1.1\r\nHost: x\r\n", "a.example:80", "X-Y /ä HTTP/1.1\r\nHost: a.example\r\n")]
    [InlineData("GET http://a.example/ HTTP/1.0\r\n", "a.example:80", "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n")]
    [InlineData(
        "POST http://a.example/ HTTP/1.1\r\nHost: x\r\ncontent-length: 0, 0\r\nContent-Length: 00\r\n",
        "a.example:80",
        "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n")]
    [InlineData(
        "GET http://a.example/ HTTP/1.1\r\nAccept:  a/b \t\r\nHost: x\r\nConnection: x-mine , Accept-Language\r\nKeep-Alive: 9\r\nX-Mine: 1\r\n"
        + "TE: trailers\r\nTrailer: X\r\nUpgrade: h2c\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic YTpi\r\nPROXY-Foo: 1\r\n"
        + "Gost-Target: abc\r\naccept-language: de\r\nCookie: a=b\r\nProxy: 1\r\nHost2: 1\r\n",
        "a.example:80",
        "GET / HTTP/1.1\r\nHost: a.example\r\nAccept: a/b\r\nCookie: a=b\r\nProxy: 1\r\nHost2: 1\r\n")]
    [InlineData(
        "GET http://a.example/ HTTP/1.1\r\nHost: x\r\nConnection: host, content-length\r\nContent-Length: 0\r\n",
        "a.example:80",
        "GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n")]
    [InlineData(
        "GET http://a.example/ HTTP/1.1\r\nHost: x\r\nConnection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n",
        "a.example:80",
        "GET / HTTP/1.1\r\nHost: a.example\r\n")]
    public async Task Request_InAbsoluteForm_GoesOnInOriginForm(string request, string target, string forwarded)
    {
        IListener listener = await Host.Network.ListenAsync(HostEndPoint.Parse(target));
        (IConnection client, _) = Connect();
        await SendAsync(client, request + "\r\n");

        await ExpectAsync(await AcceptAsync(listener), forwarded + "\r\n");
        Assert.Equal([target], Host.Dials);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("*")]
    [InlineData("a.example:80")]
    [InlineData("https://a.example/")]
    [InlineData("ftp://a.example/")]
    [InlineData("http:/a.example/")]
    [InlineData("http://")]
    [InlineData("http:///x")]
    [InlineData("http://:80/")]
    [InlineData("http://u:p@a.example/")]
    [InlineData("http://a.example:0/")]
    [InlineData("http://a.example:99999/")]
    [InlineData("http://a.example:8o/")]
    [InlineData("http://a%2eexample/")]
    [InlineData("http://[::1/")]
    [InlineData("http://::1/")]
    [InlineData("http://a.example#x")]
    [InlineData("http://a.example\\b/")]
    public async Task Request_ForSomethingElse_IsRefused(string target)
    {
        (string answer, Exception? failure) = await AskAsync($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(BadRequest, answer);
        Assert.Equal(ForwardError.ProtocolError, Assert.IsType<ForwardException>(failure).Error);
        Assert.Empty(Host.Dials);
    }

    [Fact]
    public async Task Response_GoesBack_WithoutWhatIsForOneConnection()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, GetForwarded);

        await SendAsync(
            target,
            "HTTP/1.1 404 Not  Found\nServer: x\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\n"
            + "Content-Length: 2\r\nProxy-Status: x\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\nno");

        await ExpectAsync(client, "HTTP/1.1 404 Not  Found\r\nServer: x\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 2\r\n\r\nno");
        Assert.Equal((0, 2), Host.Counted);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00a\r\n0123456789\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n")]
    [InlineData("HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n")]
    public async Task Response_WithAKnownEnd_LeavesBothConnectionsOpen(string response)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        for (int i = 0; i < 3; i++)
        {
            await ExpectAsync(target, GetForwarded);
            await SendAsync(target, response);
            await ExpectAsync(client, response);
            await SendAsync(client, Get);
        }

        Assert.Single(Host.Dials);
    }

    [Theory]
    [InlineData("Content-Length: 9")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Response_ToHead_HasNoBody(string field)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, Get.Replace("GET", "HEAD", StringComparison.Ordinal));
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, $"HTTP/1.1 200 OK\r\n{field}\r\n\r\n");

        await ExpectAsync(client, $"HTTP/1.1 200 OK\r\n{field}\r\n\r\n");
        await SendAsync(client, Get);
        await ExpectAsync(target, GetForwarded.Replace("GET", "HEAD", StringComparison.Ordinal) + GetForwarded);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")]
    public async Task Response_UntilClose_EndsTheClientsConnection(string head, string forwarded)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, head + "some");
        await ExpectAsync(client, forwarded + "some");
        await SendAsync(target, " more");
        await target.CompleteWritesAsync();

        await ExpectAsync(client, " more");
        await ExpectEndAsync(client);
        await served.OrFail();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nso")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nso")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nso\r\n")]
    public async Task Response_ThatBreaksOff_BreaksOffAtTheClient(string response)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, response);
        await ExpectAsync(client, "HTTP/1.1 200 OK\r\n");
        target.Abort();

        await Assert.ThrowsAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        Assert.True((await Assert.ThrowsAsync<ForwardException>(() => served.OrFail())).IsTargetFault);
    }

    [Fact]
    public async Task Response_ThatEndsWithinItsBody_BreaksOffAtTheClient()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await target.SendAndEndAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nso"));

        await Assert.ThrowsAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(() => served.OrFail())).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\rK\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n a: c\r\n\r\n")]
    public async Task Response_ThatIsNone_Is502(string response)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, response);
        await EndUnlessAbortedAsync(target);

        await ExpectAsync(client, BadGateway);
        await ExpectEndAsync(client);
        await client.DisposeAsync();
        Assert.True((await Assert.ThrowsAsync<ForwardException>(() => served.OrFail())).IsTargetFault);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "Content-Length: 5\r\nConnection: close\r\n\r\nhello")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n", "Connection: close\r\n\r\nhello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "Content-Length: 0\r\nConnection: close\r\n\r\n")]
    public async Task Response_ToAnHttp10Client_IsOneThatItKnows(string response, string expected)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, "GET http://a.example/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        await SendAsync(await AcceptAsync(listener), response);

        await ExpectAsync(client, "HTTP/1.0 200 OK\r\n" + expected);
        await ExpectEndAsync(client);
        await served.OrFail();
    }

    /// <summary>GOST sends everything to the first target, login included.</summary>
    [Fact]
    public async Task Requests_ForSeveralHosts_GoToTheirOwn()
    {
        Host.Authenticator = new UserTable("ann", "secret");
        IListener a = await ListenAsync("a.example");
        IListener b = await ListenAsync("b.example", 8080);
        (IConnection client, _) = Connect();
        string login = $"Proxy-Authorization: {Basic("ann:secret")}\r\n\r\n";
        string post = $"POST http://b.example:8080/y HTTP/1.1\r\nHost: b.example:8080\r\nContent-Length: 3\r\n{login}abc";
        await SendAsync(client, Get[..^2] + login + post); // the second before the first is answered
        IConnection first = await AcceptAsync(a);
        await ExpectAsync(first, GetForwarded);
        await SendAsync(first, Ok);
        await ExpectAsync(client, Ok);

        IConnection second = await AcceptAsync(b);
        await ExpectAsync(second, "POST /y HTTP/1.1\r\nHost: b.example:8080\r\nContent-Length: 3\r\n\r\nabc");
        await SendAsync(second, Ok);
        await ExpectAsync(client, Ok);
        await ExpectEndAsync(first);

        await SendAsync(client, Get);
        await ExpectAsync(client, LoginRequired);
        await ExpectEndAsync(client);
    }

    [Fact]
    public async Task Requests_PlainAndThenConnect_AreServedOnOneConnection()
    {
        IListener a = await ListenAsync("a.example");
        IListener b = await ListenAsync("b.example", 443);
        (IConnection client, _) = Connect();
        await SendAsync(client, Get);
        IConnection first = await AcceptAsync(a);
        await SendAsync(first, Ok);
        await ExpectAsync(client, Ok);
        await SendAsync(client, "CONNECT b.example:443 HTTP/1.1\r\nHost: b\r\n\r\nhello");

        await ExpectAsync(client, Connected);
        await ExpectAsync(await AcceptAsync(b), "hello");
        await ExpectAsync(first, GetForwarded);
        await ExpectEndAsync(first);
    }

    [Fact]
    public async Task Request_ForbiddenByTheRules_Is403WithoutADial()
    {
        Host.Forbidden.Add(new("a.example", 80));

        Assert.Equal($"HTTP/1.1 403 Forbidden\r\n{Agent}Content-Length: 0\r\n\r\n", (await AskAsync(Get)).Answer);
    }

    [Theory]
    [InlineData("Connection: close\r\n")]
    [InlineData("Proxy-Connection: Close\r\n")]
    [InlineData("Connection: a\r\nConnection: b ,\tclose,\r\n")]
    public async Task Request_ThatIsTheLast_EndsTheConnection(string field)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get[..^2] + field + "\r\n");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, GetForwarded[..^2] + "Connection: close\r\n\r\n");
        await SendAsync(target, Ok);

        await ExpectAsync(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        await ExpectEndAsync(client);
        await served.OrFail();
    }

    [Fact]
    public async Task Request_AfterTheTargetHungUp_DialsAnew()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, Get);
        IConnection first = await AcceptAsync(listener);
        await SendAsync(first, Ok);
        await first.CompleteWritesAsync();
        await ExpectAsync(client, Ok);
        await SendAsync(client, Get);

        IConnection second = await AcceptAsync(listener);
        await ExpectAsync(second, GetForwarded);
        await SendAsync(second, Ok);
        await ExpectAsync(client, Ok);
    }

    [Fact]
    public async Task Request_ThatMeetsAHangUp_IsRepeatedOnANewConnection()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, Get);
        IConnection first = await AcceptAsync(listener);
        await ExpectAsync(first, GetForwarded);
        await SendAsync(first, Ok);
        await ExpectAsync(client, Ok);
        await SendAsync(client, Get);
        await ExpectAsync(first, GetForwarded);
        await first.CompleteWritesAsync();

        IConnection second = await AcceptAsync(listener);
        await ExpectAsync(second, GetForwarded);
        await SendAsync(second, Ok);
        await ExpectAsync(client, Ok);
    }

    [Fact]
    public async Task Request_ThatCannotBeRepeated_UsesAConnectionOnlyWhileItIsSureToLive()
    {
        const string post = "POST http://a.example/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
        const string forwarded = "POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n";
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, post);
        IConnection first = await AcceptAsync(listener);
        await ExpectAsync(first, forwarded);
        await SendAsync(first, Ok);
        await ExpectAsync(client, Ok);
        await SendAsync(client, post);
        await ExpectAsync(first, forwarded);
        await SendAsync(first, Ok);
        await ExpectAsync(client, Ok);
        Assert.Single(Host.Dials);
        await Host.Clock.WaitForTimersAsync(1).OrFail();
        Host.Clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(client, post);

        await SendAsync(await AcceptAsync(listener), Ok);
        await ExpectAsync(client, Ok);
        Assert.Equal(2, Host.Dials.Count);
    }

    [Fact]
    public async Task Response_WithMoreBehindIt_EndsTheTargetsConnection()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, Get);
        await SendAsync(await AcceptAsync(listener), Ok + "HTTP/1.1 200 Smuggled\r\nContent-Length: 0\r\n\r\n");
        await ExpectAsync(client, Ok);
        await SendAsync(client, Get);

        await SendAsync(await AcceptAsync(listener), Ok);
        await ExpectAsync(client, Ok);
    }

    [Fact]
    public async Task Request_WithABody_IsStreamedBothWaysWithBoundedBuffers()
    {
        const int size = 3_000_000;
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        byte[] body = new byte[size];
        new Random(1).NextBytes(body);
        Task sending = SendAllAsync();
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, $"PUT /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: {size}\r\n\r\n");
        Assert.Equal(body, await target.ReadAsync(size).OrFail());
        await sending.OrFail();
        Task answering = SendBackAsync();

        await ExpectAsync(client, $"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
        Assert.Equal(body, await client.ReadAsync(size).OrFail());
        await answering.OrFail();
        Assert.Equal((size, size), Host.Counted);

        async Task SendAllAsync()
        {
            await SendAsync(client, $"PUT http://a.example/x HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n");
            await client.Stream.WriteAsync(body);
        }

        async Task SendBackAsync()
        {
            await SendAsync(target, $"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
            await target.Stream.WriteAsync(body);
        }
    }

    [Fact]
    public async Task Request_WithAChunkedBody_GoesOnWithoutExtensionsAndTrailer()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5;name=\"v\"\r\nhel");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
        await SendAsync(client, "lo\r\nF  \r\n0123456789abcde\r\n0\r\nProxy-Authorization: Basic YTpi\r\n\r\n" + Get);
        await ExpectAsync(target, "lo\r\nF\r\n0123456789abcde\r\n0\r\n\r\n");
        await SendAsync(target, Ok);
        await ExpectAsync(client, Ok);
        await ExpectAsync(target, GetForwarded);
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("5\r\nhelloX")]
    [InlineData("5\nhello")]
    [InlineData("0\r\n bad: 1\r\n")]
    public async Task Request_WithABrokenChunkedBody_IsRefusedAndResetsTheTarget(string body)
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, "POST / HTTP/1.1\r\n");
        await SendAsync(client, body);

        await ExpectAsync(client, BadRequest);
        await ExpectEndAsync(client);
        await Assert.ThrowsAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        await client.DisposeAsync();
        Assert.Equal(ForwardError.ProtocolError, (await Assert.ThrowsAsync<ForwardException>(() => served.OrFail())).Error);
    }

    [Fact]
    public async Task Request_ThatExpectsToBeToldToContinue_IsToldByTheTarget()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, "PUT http://a.example/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, "PUT / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        await SendAsync(target, "HTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
        await ExpectAsync(client, "HTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
        await SendAsync(client, "body");
        await ExpectAsync(target, "body");
        await SendAsync(target, Ok);
        await ExpectAsync(client, Ok);
        await SendAsync(client, Get);
        await ExpectAsync(target, GetForwarded);
    }

    [Fact]
    public async Task Response_BeforeTheRequestHasEnded_EndsTheConnectionAfterIt()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, "PUT http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\nsome");
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");

        await ExpectAsync(client, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        await ExpectEndAsync(client);
        await SendAsync(client, "more");
        await client.DisposeAsync();
        await served.OrFail();
    }

    [Fact]
    public async Task Response_WhileTheRequestStillStreams_PassesBothWays()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, "POST http://a.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n");
        await ExpectAsync(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nA\r\n");
        await SendAsync(client, "1\r\nb\r\n");
        await ExpectAsync(target, "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n");
        await SendAsync(target, "1\r\nB\r\n");
        await ExpectAsync(client, "1\r\nB\r\n");
    }

    [Fact]
    public async Task Upgrade_Granted_RelaysRaw()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(
            client, "GET http://a.example/ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-X: 1\r\n\r\n");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, "GET /ws HTTP/1.1\r\nHost: a.example\r\nSec-X: 1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        await SendAsync(target, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-Y: 2\r\n\r\n\u0001\u0002");

        await ExpectAsync(
            client, "HTTP/1.1 101 Switching Protocols\r\nSec-Y: 2\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\u0001\u0002");
        await SendAsync(client, "\r\n\0up");
        await ExpectAsync(target, "\r\n\0up");
        await client.CompleteWritesAsync();
        await ExpectEndAsync(target);
        await target.CompleteWritesAsync();
        await ExpectEndAsync(client);
        await served.OrFail();
    }

    [Fact]
    public async Task Upgrade_Declined_IsAnOrdinaryExchange()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, _) = Connect();
        await SendAsync(client, "GET http://a.example/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, GetForwarded[..^2] + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        await SendAsync(target, Ok);
        await ExpectAsync(client, Ok);
        await SendAsync(client, Get);
        await ExpectAsync(target, GetForwarded);
    }

    [Fact]
    public async Task Client_ThatEndsItsDirection_StillGetsItsAnswer()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        await client.CompleteWritesAsync();
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, GetForwarded);
        await ExpectEndAsync(target);
        await SendAsync(target, Ok);

        await ExpectAsync(client, Ok);
        await ExpectEndAsync(client);
        await served.OrFail();
    }

    [Fact]
    public async Task Client_ThatIsGoneWhileTheTargetThinks_ResetsTheTarget()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, GetForwarded);
        client.Abort();

        await Assert.ThrowsAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => served.OrFail());
    }

    [Fact]
    public async Task Client_ThatIsGoneAfterAnEarlyRequest_ResetsTheTarget()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, GetForwarded);
        await SendAsync(client, Get); // comes while the target thinks
        await SendAsync(target, Ok);
        await ExpectAsync(client, Ok);
        await ExpectAsync(target, GetForwarded);
        client.Abort();

        await Assert.ThrowsAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => served.OrFail());
    }

    [Fact]
    public async Task Client_ThatIsGoneWithinItsBody_ResetsTheTarget()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, "PUT http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\nsome");
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, "PUT / HTTP/1.1\r\n");
        client.Abort();

        await Assert.ThrowsAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => served.OrFail());
    }

    [Fact]
    public async Task Client_WithoutAnotherRequest_IsLetGoAfterAMinute()
    {
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        await SendAsync(await AcceptAsync(listener), Ok);
        await ExpectAsync(client, Ok);
        Task end = ExpectEndAsync(client);
        while (!end.IsCompleted)
        {
            await Task.WhenAny(end, Host.Clock.WaitForTimersAsync(1)).OrFail();
            Host.Clock.Advance(TimeSpan.FromSeconds(60));
        }

        await end;
        await served.OrFail();
    }

    [Fact]
    public async Task Client_SlowWithItsSecondHead_IsToldSo()
    {
        Options = Options with { IdleTimeout = Timeout.InfiniteTimeSpan };
        IListener listener = await ListenAsync("a.example");
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Get);
        await SendAsync(await AcceptAsync(listener), Ok);
        await ExpectAsync(client, Ok);
        await SendAsync(client, "G");
        await Host.Clock.WaitForTimersAsync(1).OrFail();
        Host.Clock.Advance(TimeSpan.FromSeconds(10));

        await ExpectAsync(client, $"HTTP/1.1 408 Request Timeout\r\n{Agent}Content-Length: 0\r\n\r\n");
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ForwardException>(() => served.OrFail());
    }
}
