using System.Text;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

public class WebSocketHandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private const string Good =
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: {Key}\r\n\r\n";

    private const string GoodAnswer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ACCEPT\r\n\r\n";

    private static readonly WebSocketServerOptions Defaults = new();

    /// <summary>What the recorded probes of GOST get: the same codes, where the table does not say better.</summary>
    public static TheoryData<string, string> Probes => new()
    {
        { "upgrade on another path", "404 Not Found" },
        { "upgrade on /ws/", "404 Not Found" },
        { "GET /ws without upgrade headers", "400 Bad Request" },
        { "POST", "405 Method Not Allowed" },
        { "no Sec-WebSocket-Key", "400 Bad Request" },
        { "version 8", "400 Bad Request" },
        { "foreign Origin", "403 Forbidden" },
        { "key of one character", "400 Bad Request" },
    };

    public static TheoryData<string, string> BadRequests => new()
    {
        { Good.Replace("\r\nUpgrade:", "\nUpgrade:", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("\r\nUpgrade:", "\r\n Upgrade:", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h", "Host: h\r\nHost: i", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h\r\n", "", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h", "Host: h\0", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("HTTP/1.1", "HTTP/2.0", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h", "Host: h\r\nContent-Length: 1", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h", "Host: h\r\nTransfer-Encoding: chunked", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h", $"Host: h\r\nSec-WebSocket-Key: {Key}", StringComparison.Ordinal), "400 Bad Request" },
        { Good.Replace("Host: h", $"Host: h\r\nA: {new string('a', 17_000)}", StringComparison.Ordinal), "431 Request Header" },
        { Good.Replace("Host: h", $"Host: h{string.Concat(Enumerable.Repeat("\r\nA: b", 100))}", StringComparison.Ordinal), "431 Request" },
    };

    public static TheoryData<string, ForwardError, string> BadAnswers => new()
    {
        { "HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\n\r\n404 page\0not found", ForwardError.ProxyFailure, "404 page?not found" },
        { "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", ForwardError.ProxyFailure, "'HTTP/1.1 502 Bad Gateway'." },
        { "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", ForwardError.Forbidden, "403 No': no" },
        { "HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n", ForwardError.AuthenticationRequired, "401 Who" },
        { "SSH-2.0-OpenSSH\r\n\r\n", ForwardError.ProtocolError, "BadStatusLine" },
        { GoodAnswer.Replace("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", StringComparison.Ordinal), ForwardError.ProtocolError, "Accept" },
        { GoodAnswer.Replace("Upgrade: websocket", "A: b", StringComparison.Ordinal), ForwardError.ProtocolError, "does not upgrade" },
        { GoodAnswer.Replace("Connection: Upgrade", "A: b", StringComparison.Ordinal), ForwardError.ProtocolError, "does not upgrade" },
        {
            GoodAnswer.Replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: a\r\n\r\n", StringComparison.Ordinal),
            ForwardError.ProtocolError, "subprotocol"
        },
        {
            GoodAnswer.Replace("\r\n\r\n", $"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", StringComparison.Ordinal),
            ForwardError.ProtocolError, "extension"
        },
        { $"HTTP/1.1 200 OK\r\nA: {new string('a', 17_000)}", ForwardError.ProtocolError, "more than 16384 bytes" },
        { "HTTP/1.1 101 Swi", ForwardError.ConnectionClosed, "before the handshake was complete" },
    };

    [Theory]
    [MemberData(nameof(Probes))]
    public async Task Server_RecordedProbe_AnswersAndEnds(string what, string status) =>
        await AssertRefusedAsync(WebSocketVectors.Probe(what), status);

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task Server_BadRequest_AnswersAndEnds(string request, string status) => await AssertRefusedAsync(request, status);

    [Fact]
    public async Task Server_RefusedClientThatKeepsSending_ReadsTheAnswer()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> serving = new WebSocketServer(Defaults, TimeProvider.System).StartAsync(near, default).AsTask();
        await far.Stream.WriteAsync(Encoding.ASCII.GetBytes(WebSocketVectors.Probe("POST") + new string('x', 20_000)));
        string answer = Encoding.ASCII.GetString(await far.ReadToEndAsync().OrFail());
        Assert.StartsWith("HTTP/1.1 405 Method Not Allowed\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nAllow: GET\r\n", answer, StringComparison.Ordinal);
        await far.DisposeAsync();
        await Assert.ThrowsAsync<ForwardException>(() => serving.OrFail());
    }

    [Theory]
    [InlineData("/ws", "/ws?x=1", true)]
    [InlineData("/ws", "/ws", true)]
    [InlineData("/ws", "/wsx", false)]
    [InlineData("/foo/", "/foo/bar", true)]
    [InlineData("/foo/", "/foo/", true)]
    [InlineData("/foo/", "/foo", false)]
    public async Task Server_Path_IsExactOrAPrefix(string served, string asked, bool isServed)
    {
        string request = Good.Replace("/ws", asked, StringComparison.Ordinal);
        string answer = await AnswerAsync(request, new() { Path = served });
        Assert.StartsWith(isServed ? "HTTP/1.1 101 " : "HTTP/1.1 404 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://www.example.com", true)]
    [InlineData("https://www.example.com.evil.example", false)]
    [InlineData("null", false)]
    public async Task Server_Origin_HasToBeListed(string origin, bool isAllowed)
    {
        string request = Good.Replace("Host: h", $"Host: h\r\nOrigin: {origin}", StringComparison.Ordinal);
        string answer = await AnswerAsync(request, new() { AllowedOrigins = ["https://www.example.com"] });
        Assert.StartsWith(isAllowed ? "HTTP/1.1 101 " : "HTTP/1.1 403 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connection: keep-alive, UPGRADE")]
    [InlineData("connection: upgrade")]
    public async Task Server_ConnectionList_IsAccepted(string connection) => Assert.Equal(
        GoodAnswer.Replace("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", StringComparison.Ordinal),
        await AnswerAsync(Good.Replace("Connection: Upgrade", connection, StringComparison.Ordinal), Defaults));

    [Theory]
    [InlineData("permessage-deflate", true)]
    [InlineData("permessage-deflate; client_max_window_bits", true)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate; client_no_context_takeover", true)]
    [InlineData("permessage-deflate; server_max_window_bits=10", false)]
    [InlineData("x-webkit-deflate-frame", false)]
    [InlineData("", false)]
    public async Task Server_Compression_IsAgreedToAsItIsDone(string offer, bool isAgreed)
    {
        string answer = await AnswerAsync(
            Good.Replace("Host: h", $"Host: h\r\nSec-WebSocket-Extensions: {offer}", StringComparison.Ordinal),
            new() { Compression = true });
        Assert.Equal(isAgreed, answer.Contains(WebSocketUpgrade.Compression, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_FramesTogetherWithTheRequest_AreRead()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.Stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(Good), .. Convert.FromHexString("8282000000006869")]);
        await using IConnection server = await new WebSocketServer(Defaults, TimeProvider.System).StartAsync(near, default).OrFail();
        Assert.Equal("hi"u8.ToArray(), await server.ReadAsync(2).OrFail());
    }

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task Client_BadAnswer_FailsAndSaysWhy(string answer, object error, string text)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> starting = StartClientAsync(near);
        string accept = WebSocketUpgrade.Accept(Field(await ReadRequestAsync(far), "Sec-WebSocket-Key"));
        await far.SendAndEndAsync(Encoding.Latin1.GetBytes(answer.Replace("ACCEPT", accept, StringComparison.Ordinal)));

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail());

        Assert.Equal((ForwardError)error, failure.Error);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
        Assert.False(near.IsDisposed);
    }

    [Fact]
    public async Task Client_RefusalWithoutAnEnd_IsReportedAfterASecond()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        ManualTimeProvider clock = new();
        Task<IConnection> starting = new WebSocketClient(new(), new("node", 80), clock).StartAsync(near, default).AsTask();
        await ReadRequestAsync(far);
        await far.Stream.WriteAsync("HTTP/1.1 503 Busy\r\n\r\ncome again"u8.ToArray());
        await clock.WaitForTimersAsync(1).OrFail();
        clock.Advance(TimeSpan.FromSeconds(1));
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail());
        Assert.Contains("503 Busy': come again", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_RefusalOfAnyLength_IsQuotedInPart()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> starting = StartClientAsync(near);
        await ReadRequestAsync(far);
        await far.Stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 500 {new string('r', 5000)}\r\nContent-Length: 1000000\r\n\r\n{new string('b', 5000)}"));
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail());
        Assert.Equal("WebSocket".Count(c => c == 'b') + 1024, failure.Message.Count(c => c == 'b'));
        Assert.InRange(failure.Message.Length, 1024, 1400);
    }

    [Fact]
    public async Task Client_InformationAndListsAndFramesBehindThe101_AreTaken()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> starting = StartClientAsync(near);
        string accept = WebSocketUpgrade.Accept(Field(await ReadRequestAsync(far), "Sec-WebSocket-Key"));
        string answer = "HTTP/1.1 103 Early Hints\r\n\r\n" + GoodAnswer.Replace("ACCEPT", accept, StringComparison.Ordinal)
            .Replace("Connection: Upgrade", "Connection: keep-alive, upgrade", StringComparison.Ordinal);
        await far.Stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(answer), 0x82, 2, .. "hi"u8]);
        await using IConnection client = await starting.OrFail();
        Assert.Equal("hi"u8.ToArray(), await client.ReadAsync(2).OrFail());
    }

    [Fact]
    public async Task Client_Options_AreInTheRequest()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        WebSocketClientOptions options = new()
        {
            Path = "/a?b",
            Host = "front.example",
            UserAgent = "",
            Headers = [new("Authorization", "Basic eDp5"), new("X-A", "b c")],
        };
        Task<IConnection> starting = new WebSocketClient(options, new("node", 80), TimeProvider.System).StartAsync(near, default).AsTask();

        string request = await ReadRequestAsync(far);
        await far.DisposeAsync();

        Assert.Equal(
            "GET /a?b HTTP/1.1\r\nHost: front.example\r\nAuthorization: Basic eDp5\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {Field(request, "Sec-WebSocket-Key")}\r\nSec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n"
            + "X-A: b c\r\n\r\n",
            request);
        await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail());
    }

    [Theory]
    [InlineData("node", "node:80")]
    [InlineData("::1", "[::1]:80")]
    [InlineData("bücher.example", "xn--bcher-kva.example:80")]
    public async Task Client_Host_IsTheAddressWithItsPort(string host, string expected)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> starting = new WebSocketClient(new(), new(host, 80), TimeProvider.System).StartAsync(near, default).AsTask();
        Assert.Equal(expected, Field(await ReadRequestAsync(far), "Host"));
        await far.DisposeAsync();
        await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail());
    }

    [Fact]
    public void Options_ThatCannotBeSent_AreRefusedByName()
    {
        AssertRefused(nameof(WebSocketClientOptions.Path), new() { Path = "ws" });
        AssertRefused(nameof(WebSocketClientOptions.Path), new() { Path = "/a b" });
        AssertRefused(nameof(WebSocketClientOptions.Path), new() { Path = "/ws\r\nX: y" });
        AssertRefused(nameof(WebSocketClientOptions.Host), new() { Host = "" });
        AssertRefused(nameof(WebSocketClientOptions.Host), new() { Host = "a\r\nb" });
        AssertRefused(nameof(WebSocketClientOptions.UserAgent), new() { UserAgent = "ä" });
        AssertRefused(nameof(WebSocketClientOptions.Headers), new() { Headers = [new("A b", "c")] });
        AssertRefused(nameof(WebSocketClientOptions.Headers), new() { Headers = [new("A", "c\n")] });
        AssertRefused(nameof(WebSocketClientOptions.Headers), new() { Headers = [new("sec-websocket-key", "c")] });
        AssertRefused(nameof(WebSocketClientOptions.Headers), new() { Headers = [new("host", "c")] });
        AssertRefused(nameof(WebSocketClientOptions.MaxMessageSize), new() { MaxMessageSize = 124 });
        AssertRefused(nameof(WebSocketClientOptions.MaxMessageSize), new() { MaxMessageSize = 65_537 });
        Assert.All(["ws", "/ws?a"], path => Assert.Contains(
            nameof(WebSocketServerOptions.Path),
            Assert.Throws<ArgumentException>(() => new WebSocketServer(new() { Path = path }, TimeProvider.System)).Message,
            StringComparison.Ordinal));

        static void AssertRefused(string name, WebSocketClientOptions options) => Assert.Contains(
            name,
            Assert.Throws<ArgumentException>(() => new WebSocketClient(options, new("node", 80), TimeProvider.System)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Key_IsKinToItselfAndToNoOther()
    {
        byte[] key = WebSocketKinship.CreateKey();
        Assert.True(WebSocketKinship.IsKin(key));
        Assert.NotEqual(key, WebSocketKinship.CreateKey());
        for (int i = 0; i < key.Length; i++)
        {
            byte[] other = [.. key];
            other[i] ^= 1;
            Assert.False(WebSocketKinship.IsKin(other));
            Assert.NotEqual(WebSocketKinship.Answer(key), WebSocketKinship.Answer(other));
        }
    }

    [Fact]
    public async Task Server_OfAStranger_SendsNothingButTheResponse()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await far.Stream.WriteAsync(Encoding.ASCII.GetBytes(Good));
        await using IConnection server = await new WebSocketServer(Defaults, TimeProvider.System).StartAsync(near, default).OrFail();
        await server.Stream.WriteAsync("x"u8.ToArray());
        string all = GoodAnswer.Replace("ACCEPT", WebSocketUpgrade.Accept(Key), StringComparison.Ordinal) + "\u0082\u0001x";
        Assert.Equal(all, Encoding.Latin1.GetString(await far.ReadAsync(all.Length).OrFail()));
    }

    private static async Task AssertRefusedAsync(string request, string status)
    {
        string answer = await AnswerAsync(request, Defaults);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(
            !status.StartsWith("404", StringComparison.Ordinal),
            answer.Contains("\r\nSec-WebSocket-Version: 13\r\n", StringComparison.Ordinal));
    }

    /// <summary>All that a server answers to a request, after which the client goes.</summary>
    private static async Task<string> AnswerAsync(string request, WebSocketServerOptions options)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        Task<IConnection> serving = new WebSocketServer(options, TimeProvider.System).StartAsync(near, default).AsTask();
        await far.SendAndEndAsync(Encoding.Latin1.GetBytes(request));
        if (await Task.WhenAny(serving).OrFail() is { IsCompletedSuccessfully: true } accepted)
        {
            await (await accepted).DisposeAsync();
        }
        else
        {
            await Assert.ThrowsAsync<ForwardException>(() => serving);
        }

        await near.DisposeAsync(); // as whoever called the layer does
        string answer = Encoding.ASCII.GetString(await far.ReadToEndAsync().OrFail());
        int end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        return serving.IsCompletedSuccessfully ? answer[..end] : answer; // and there is its Close
    }

    private static Task<IConnection> StartClientAsync(IConnection carrier) =>
        new WebSocketClient(new(), new("node", 80), TimeProvider.System).StartAsync(carrier, default).AsTask();

    private static async Task<string> ReadRequestAsync(IConnection far)
    {
        StringBuilder head = new();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await far.ReadAsync(1).OrFail())[0]);
        }

        return head.ToString();
    }

    private static string Field(string head, string name) =>
        head.Split("\r\n").Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
