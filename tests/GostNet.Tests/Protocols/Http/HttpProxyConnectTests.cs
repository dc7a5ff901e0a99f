using System.Text;
using GostNet.Protocols.Authentication;
using GostNet.Protocols.Http;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Http;

public sealed class HttpProxyConnectTests : HttpProxyTests
{
    private const string Request = "CONNECT db.example:5432 HTTP/1.1\r\nHost: db.example:5432\r\n\r\n";

    [Fact]
    public async Task Connect_ToATarget_AnswersAndRelaysBothWays()
    {
        IListener listener = await ListenAsync("db.example", 5432);
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Request);

        await ExpectAsync(client, Connected);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(client, "hello");
        await ExpectAsync(target, "hello");
        await SendAsync(target, "world");
        await ExpectAsync(client, "world");
        await client.CompleteWritesAsync();
        await ExpectEndAsync(target);
        await SendAsync(target, "late");
        await target.CompleteWritesAsync();
        await ExpectAsync(client, "late");
        await ExpectEndAsync(client);
        await served.OrFail();
    }

    /// <summary>GOST loses it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("Content-Length: 3\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n")]
    public async Task Connect_WithPayloadBehindTheHead_DeliversIt(string fields)
    {
        IListener listener = await ListenAsync("db.example", 5432);
        (IConnection client, _) = Connect();
        await SendAsync(client, Request[..^2] + fields + "\r\n\r\n\0early");

        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(target, "\r\n\0early");
        await ExpectAsync(client, Connected);
    }

    [Theory]
    [InlineData("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: x\r\n\r\n", "[2001:db8::1]:443")]
    [InlineData("\r\nCONNECT 192.0.2.1:22 HTTP/1.0\r\n\r\n", "192.0.2.1:22")]
    [InlineData("CONNECT UPPER_case.example.:65535 HTTP/1.1\r\nhOST:\r\n\r\n", "UPPER_case.example.:65535")]
    public async Task Connect_ToAnyAuthority_DialsIt(string request, string target)
    {
        Assert.Equal($"HTTP/1.1 503 Service Unavailable\r\n{Agent}Content-Length: 0\r\n\r\n", (await AskAsync(request)).Answer);
        Assert.Equal([target], Host.Dials);
    }

    [Theory]
    [InlineData(ForwardError.ConnectionRefused, "503 Service Unavailable")]
    [InlineData(ForwardError.NameNotResolved, "503 Service Unavailable")]
    [InlineData(ForwardError.Forbidden, "403 Forbidden")]
    [InlineData(ForwardError.TimedOut, "504 Gateway Timeout")]
    public async Task Connect_ToATargetThatIsNotReached_AnswersAndEndsTheConnection(ForwardError error, string status)
    {
        Host.Network.Fail(new("db.example", 5432), error);

        (string answer, Exception? failure) = await AskAsync(Request);

        Assert.Equal($"HTTP/1.1 {status}\r\n{Agent}Content-Length: 0\r\n\r\n", answer);
        Assert.Equal(error, Assert.IsType<ForwardException>(failure).Error);
    }

    [Theory]
    [InlineData("db.example")]
    [InlineData("db.example:")]
    [InlineData("db.example:0")]
    [InlineData("db.example:65536")]
    [InlineData("db.example:+80")]
    [InlineData("db.example:80a")]
    [InlineData(":80")]
    [InlineData("2001:db8::1:80")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1%25eth0]:80")]
    [InlineData("[192.0.2.1]:80")]
    [InlineData("http://db.example:80")]
    [InlineData("user@db.example:80")]
    [InlineData("db%2eexample:80")]
    [InlineData("bücher.example:80")]
    [InlineData("/")]
    [InlineData("*")]
    public async Task Connect_ToSomethingElse_IsRefused(string target)
    {
        (string answer, Exception? failure) = await AskAsync($"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(BadRequest, answer);
        Assert.Equal(ForwardError.ProtocolError, Assert.IsType<ForwardException>(failure).Error);
        Assert.Empty(Host.Dials);
    }

    [Theory]
    [InlineData("", ForwardError.AuthenticationRequired)]
    [InlineData("Proxy-Authorization: Basic YW5uOndyb25n\r\n", ForwardError.AuthenticationFailed)] // ann:wrong
    [InlineData("Proxy-Authorization: Basic YW5uc2VjcmV0\r\n", ForwardError.AuthenticationFailed)] // annsecret
    [InlineData("Proxy-Authorization: Basic YW5uOnNlY3JldA\r\n", ForwardError.AuthenticationFailed)] // without padding
    [InlineData("Proxy-Authorization: Basic YW5u OnNlY3JldA==\r\n", ForwardError.AuthenticationFailed)]
    [InlineData("Proxy-Authorization: Basic YW5uOv8=\r\n", ForwardError.AuthenticationFailed)] // ann: and a byte that is not UTF-8
    [InlineData("Proxy-Authorization: Basic !!!!\r\n", ForwardError.AuthenticationFailed)]
    [InlineData("Proxy-Authorization: Basic\r\n", ForwardError.AuthenticationFailed)]
    [InlineData("Proxy-Authorization:\r\n", ForwardError.AuthenticationFailed)]
    [InlineData("Proxy-Authorization: Bearer YW5uOnNlY3JldA==\r\n", ForwardError.AuthenticationFailed)]
    [InlineData("Authorization: Basic YW5uOnNlY3JldA==\r\n", ForwardError.AuthenticationRequired)]
    [InlineData(
        "Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\nProxy-Authorization: Basic YW5uOnNlY3JldA==\r\n",
        ForwardError.AuthenticationFailed)]
    public async Task Connect_WithoutAValidLogin_IsAskedForOneBeforeAnythingElse(string field, ForwardError error)
    {
        Host.Authenticator = new UserTable("ann", "secret");
        Host.Forbidden.Add(new("db.example", 5432));

        (string answer, Exception? failure) = await AskAsync(Request[..^2] + field + "\r\n");

        Assert.Equal(LoginRequired, answer);
        Assert.Equal(error, Assert.IsType<ForwardException>(failure).Error);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Host.Dials);
    }

    /// <summary>curl would send its login on the same connection.</summary>
    [Theory]
    [InlineData("keep-alive")]
    [InlineData("Keep-Alive")]
    public async Task Connect_WithoutALoginByAClientThatStays_IsToldThatTheConnectionEnds(string value)
    {
        Host.Authenticator = new UserTable("ann", "secret");

        Assert.Equal(
            $"HTTP/1.1 407 Proxy Authentication Required\r\nConnection: close\r\n{Agent}Proxy-Authenticate: Basic realm=\"gost\"\r\n"
            + "Proxy-Connection: close\r\nContent-Length: 0\r\n\r\n",
            (await AskAsync($"{Request[..^2]}Proxy-Connection: {value}\r\n\r\n")).Answer);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("bASIC  ")]
    public async Task Connect_WithALogin_IsServed(string scheme)
    {
        Host.Authenticator = new UserTable("ann", "s:ecrét");
        await ListenAsync("db.example", 5432);
        (IConnection client, _) = Connect();
        await SendAsync(
            client, $"{Request[..^2]}proxy-authorization: {scheme} {Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:s:ecrét"))}\r\n\r\n");

        await ExpectAsync(client, Connected);
    }

    [Fact]
    public async Task Connect_ByOurOwnConnector_ReachesTheTarget()
    {
        Host.Authenticator = new UserTable("ännchen", "s:ecrét");
        IListener listener = await ListenAsync("xn--bcher-kva.example", 5432);
        (IConnection client, _) = Connect();
        HttpConnector connector = new("hop1", new("ännchen", "s:ecrét"));

        IConnection connection = await connector.ConnectAsync(client, new("bücher.example", 5432)).OrFail();

        await SendAsync(connection, "hello");
        await ExpectAsync(await AcceptAsync(listener), "hello");
    }

    [Fact]
    public async Task Connect_ByAClientThatMayBeGost_HoldsTheTargetsFirstBytesBack()
    {
        IListener listener = await ListenAsync("db.example", 5432);
        (IConnection client, _) = Connect();
        await SendAsync(client, Encoding.ASCII.GetString(HttpConnectCodec.WriteRequest(new("db.example", 5432), "Any/1", "Basic YTpi")));
        await ExpectAsync(client, Connected);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, "SSH-2.0-x");
        await Host.Clock.WaitForTimersAsync(1).OrFail();
        Task<byte[]> banner = client.ReadAsync(9);

        Host.Clock.Advance(TimeSpan.FromMilliseconds(29));
        Assert.False(banner.IsCompleted);
        Host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("SSH-2.0-x"u8.ToArray(), await banner.OrFail());
    }

    [Fact]
    public async Task Connect_ByAClientThatMayBeGost_HoldsNothingBackOnceItSpeaks()
    {
        IListener listener = await ListenAsync("db.example", 5432);
        (IConnection client, _) = Connect();
        await SendAsync(client, Encoding.ASCII.GetString(HttpConnectCodec.WriteRequest(new("db.example", 5432), "Any/1", null)));
        await ExpectAsync(client, Connected);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, "SSH-2.0-x");

        await SendAsync(client, "SSH-2.0-y");

        await ExpectAsync(client, "SSH-2.0-x");
        await ExpectAsync(target, "SSH-2.0-y");
    }

    [Fact]
    public async Task Connect_ByCurl_HoldsNothingBack()
    {
        IListener listener = await ListenAsync("db.example", 5432);
        (IConnection client, _) = Connect();
        await SendAsync(client, Request[..^2] + "User-Agent: curl/7.88.1\r\nProxy-Connection: Keep-Alive\r\n\r\n");
        await ExpectAsync(client, Connected);
        IConnection target = await AcceptAsync(listener);
        await SendAsync(target, "SSH-2.0-x");

        await ExpectAsync(client, "SSH-2.0-x");
    }

    [Fact]
    public async Task Connect_ByAClientThatHoldsBackAndGoes_ResetsTheTarget()
    {
        IListener listener = await ListenAsync("db.example", 5432);
        (IConnection client, Task served) = Connect();
        await SendAsync(client, Encoding.ASCII.GetString(HttpConnectCodec.WriteRequest(new("db.example", 5432), "Any/1", null)));
        IConnection target = await AcceptAsync(listener);
        await ExpectAsync(client, Connected);

        client.Abort();

        await Assert.ThrowsAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => served.OrFail());
    }

    [Fact]
    public async Task Serve_OfAHeadThatDoesNotEnd_AnswersAfterTenSeconds()
    {
        (IConnection client, Task served) = Connect();
        await Host.Clock.WaitForTimersAsync(1).OrFail();
        await SendAsync(client, "CONNECT db.example:5432 HT");
        Host.Clock.Advance(TimeSpan.FromSeconds(9));
        await SendAsync(client, "TP/1.1\r\nHost: x\r\n");
        Host.Clock.Advance(TimeSpan.FromSeconds(1));

        await ExpectAsync(client, $"HTTP/1.1 408 Request Timeout\r\n{Agent}Content-Length: 0\r\n\r\n");
        await ExpectEndAsync(client);
        await client.DisposeAsync();
        Assert.Equal(ForwardError.TimedOut, (await Assert.ThrowsAsync<ForwardException>(() => served.OrFail())).Error);
    }

    [Fact]
    public async Task Serve_OfAClientThatDoesNotHangUp_EndsAfterAShortTime()
    {
        (IConnection client, Task served) = Connect();
        await SendAsync(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await ExpectAsync(client, BadRequest);
        await ExpectEndAsync(client);
        await Host.Clock.WaitForTimersAsync(1).OrFail();

        Host.Clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<ForwardException>(() => served.OrFail());
    }

    [Fact]
    public async Task Serve_OfAClientThatSaysNothing_EndsInOrderWhenItHangsUp()
    {
        (string answer, Exception? failure) = await AskAsync("");

        Assert.Equal(("", null), (answer, failure));
    }

    [Fact]
    public async Task Serve_Cancelled_EndsAtOnce()
    {
        using CancellationTokenSource stop = new();
        (IConnection _, IConnection far) = InMemoryConnection.CreatePair();
        Task served = new HttpProxyServer(Options).ServeAsync(far, Host, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served.OrFail());
    }

    [Theory]
    [InlineData("a\r\nb", "gost")]
    [InlineData("", "gost")]
    [InlineData("é", "gost")]
    [InlineData("a", "\"")]
    public void Constructor_TextThatCannotBeSent_Throws(string agent, string realm) =>
        Assert.Throws<ArgumentException>(() => new HttpProxyServer(new() { Agent = agent, Realm = realm }));

    [Fact]
    public void Options_Agent_NamesTheVersion() => Assert.Matches(@"^GostNet/\d+\.\d+\.\d+$", new HttpProxySettings().Agent);
}
