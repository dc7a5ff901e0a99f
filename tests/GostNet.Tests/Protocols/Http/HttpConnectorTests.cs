using System.Net;
using System.Text;
using GostNet.Internal;
using GostNet.Protocols.Http;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Http;

public class HttpConnectorTests
{
    private const int HeadLimit = 64 * 1024;
    private static readonly HostEndPoint Target = new("db.example", 5432);
    private readonly HttpConnector _open = new("hop1");
    private readonly HttpConnector _withLogin = new("hop1", new NetworkCredential("user", "s3cret"));

    [Fact]
    public async Task ConnectAsync_Granted_GivesTheVerySameConnection()
    {
        ScriptedPeer peer = new();
        Task<IConnection> connect = _open.ConnectAsync(peer.Near, Target).AsTask();

        await peer.ExpectTextAsync(
            "CONNECT db.example:5432 HTTP/1.1\r\nHost: db.example:5432\r\nUser-Agent: Chrome/60.0.3112.90\r\n"
            + "Proxy-Connection: keep-alive\r\n\r\n");
        await peer.SendAsync("HTTP/1.1 200 Connection established\r\n"u8.ToArray());
        Assert.False(connect.IsCompleted);
        await peer.SendAsync("\r\n"u8.ToArray());

        Assert.Same(peer.Near, await connect.OrFail());
    }

    [Fact]
    public async Task ConnectAsync_OtherLetters_TravelAsALabels()
    {
        ScriptedPeer peer = new();
        HttpConnector connector = new("hop1", new("ü", "p:w"), "me/1");
        Task<IConnection> connect = connector.ConnectAsync(peer.Near, new("bücher.example", 80)).AsTask();

        await peer.ExpectTextAsync(
            "CONNECT xn--bcher-kva.example:80 HTTP/1.1\r\nHost: xn--bcher-kva.example:80\r\nUser-Agent: me/1\r\n"
            + $"Proxy-Authorization: Basic {Convert.ToBase64String("ü:p:w"u8)}\r\nProxy-Connection: keep-alive\r\n\r\n");
        await peer.SendAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        await connect.OrFail();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", int.MaxValue)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 1)]
    [InlineData("HTTP/1.0 200\n\n", 3)]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", int.MaxValue)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 299 Fine\r\n\r\n", int.MaxValue)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 299 Fine\r\n\r\n", 1)]
    public async Task ConnectAsync_PayloadInTheSameSegment_IsKept(string head, int maxRead)
    {
        (IConnection connection, byte[] payload) = await ScriptedPeer.SuccessAsync(
            _open, Target, [.. Encoding.ASCII.GetBytes(head), .. "\r\nSSH-2.0-banner"u8], maxRead);

        Assert.Equal("\r\nSSH-2.0-banner"u8.ToArray(), payload);
        if (maxRead > 1)
        {
            Assert.IsType<PrefixedConnection>(connection);
        }
        else
        {
            Assert.IsType<PipeConnection>(connection);
        }
    }

    [Theory]
    [InlineData(300, ForwardError.ProxyFailure, false)]
    [InlineData(101, ForwardError.ProxyFailure, false)]
    [InlineData(400, ForwardError.ProxyFailure, false)]
    [InlineData(401, ForwardError.AuthenticationRequired, false)]
    [InlineData(403, ForwardError.Forbidden, false)]
    [InlineData(404, ForwardError.TargetUnreachable, true)]
    [InlineData(407, ForwardError.AuthenticationRequired, false)]
    [InlineData(500, ForwardError.ProxyFailure, false)]
    [InlineData(502, ForwardError.TargetUnreachable, true)]
    [InlineData(503, ForwardError.TargetUnreachable, true)]
    [InlineData(504, ForwardError.TimedOut, true)]
    [InlineData(999, ForwardError.ProxyFailure, false)]
    public async Task ConnectAsync_Refused_TellsWhyAndWhoIsToBlame(int status, ForwardError error, bool isTargetFault)
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(
            _open, Target, Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Be\u0007cause\r\nContent-Length: 5\r\n\r\nhello"));

        Assert.Equal((error, isTargetFault, isTargetFault ? null : "hop1"), (failure.Error, failure.IsTargetFault, failure.Node));
        Assert.Equal($"HTTP proxy hop1, asked for db.example:5432, answered 'HTTP/1.1 {status} Be?cause'.", failure.Message);
    }

    [Fact]
    public async Task ConnectAsync_TinyproxyCannotReachTheTarget_IsTheTargetsFault()
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(_open, Target, "HTTP/1.1 500 Unable to connect\r\n\r\n"u8.ToArray());

        Assert.Equal((ForwardError.TargetUnreachable, true), (failure.Error, failure.IsTargetFault));
    }

    [Theory]
    [InlineData("407 Proxy Authentication Required")]
    [InlineData("401 Unauthorized")]
    public async Task ConnectAsync_LoginRefused_FailsWithoutTellingTheLogin(string status)
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(
            _withLogin, Target, Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n\r\n"));

        Assert.Equal(ForwardError.AuthenticationFailed, failure.Error);
        Assert.False(failure.IsTargetFault);
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("dXNlcjp", failure.ToString(), StringComparison.Ordinal);
    }

    // The client rows of proxies, section 8.
    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002\u000a")] // a TLS alert
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2OO OK\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nnonsense")]
    public async Task ConnectAsync_NotHttp_IsAProtocolError(string answer)
    {
        foreach (int maxRead in (int[])[int.MaxValue, 1])
        {
            ForwardException failure = await ScriptedPeer.FailureAsync(_open, Target, Encoding.Latin1.GetBytes(answer), maxRead);

            Assert.Equal((ForwardError.ProtocolError, "hop1"), (failure.Error, failure.Node));
            Assert.Contains("(hex), which is not the response to CONNECT", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ConnectAsync_HeadOfTheGreatestLength_IsRead()
    {
        (_, byte[] payload) = await ScriptedPeer.SuccessAsync(_open, Target, [.. Head(HeadLimit), .. "payload"u8]);

        Assert.Equal("payload"u8.ToArray(), payload);
    }

    [Fact]
    public async Task ConnectAsync_HeadTooLong_Fails()
    {
        ForwardException failure = await ScriptedPeer.FailureAsync(_open, Target, Head(HeadLimit + 1));

        Assert.Equal(ForwardError.ProtocolError, failure.Error);
        Assert.Contains("65536", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_InterimResponsesWithoutEnd_Fail()
    {
        byte[] flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 4000)));

        Assert.Equal(ForwardError.ProtocolError, (await ScriptedPeer.FailureAsync(_open, Target, flood)).Error);
    }

    [Fact]
    public async Task ConnectAsync_EndOfStreamAnywhere_IsConnectionClosed()
    {
        byte[] answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n"u8.ToArray();
        for (int count = 0; count < answer.Length; count++)
        {
            ForwardException failure = await ScriptedPeer.FailureAsync(_open, Target, answer[..count]);

            Assert.Equal((ForwardError.ConnectionClosed, "hop1"), (failure.Error, failure.Node));
            Assert.Contains("closed the connection before the response to CONNECT was complete", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a:b", "p", "agent")]
    [InlineData("a\r\nX: y", "p", "agent")]
    [InlineData("a", "p\n", "agent")]
    [InlineData("a", "p\0", "agent")]
    [InlineData("a", "p", "agent\r\nX: y")]
    [InlineData("a", "p", "ägent")]
    public void Constructor_TextThatCannotBeSent_Throws(string user, string password, string userAgent) =>
        Assert.Throws<ArgumentException>(() => new HttpConnector("hop1", new(user, password), userAgent));

    private static byte[] Head(int length)
    {
        const string start = "HTTP/1.1 200 OK\r\nX: ";
        return Encoding.ASCII.GetBytes(start + new string('x', length - start.Length - 4) + "\r\n\r\n");
    }
}
