using System.Net.Sockets;
using System.Text;
using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;
using GostNet.Transports.Obfuscation;

namespace GostNet.Tests.Transports.Obfuscation;

public sealed class HttpObfuscationTests
{
    private const string HttpRefusal = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    private const string Response = "HTTP/1.1 101 Switching Protocols\r\nServer: x\r\n\r\n";

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("ohttp", null)]
    [InlineData("ohttp with host", "www.example.com")]
    public async Task Client_WithTheRecordedKey_SendsWhatGostDoes(string name, string? host)
    {
        string recorded = Encoding.ASCII.GetString(ObfuscationVectors.Sent(name, "c2s")[0]);
        HostEndPoint node = HostEndPoint.Parse(host is null ? FieldOf(recorded, "Host") : "node:1");
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        IConnection client = await new HttpObfuscationClient(new() { Host = host }, node, _time).StartAsync(near, default).OrFail();

        await client.SendAndEndAsync("hello"u8.ToArray());

        string sent = Encoding.ASCII.GetString(await far.ReadToEndAsync().OrFail());
        string key = FieldOf(sent, "Sec-Websocket-Key");
        Assert.Equal(16, Convert.FromBase64String(key).Length);
        Assert.Equal(recorded, sent.Replace(key, FieldOf(recorded, "Sec-Websocket-Key"), StringComparison.Ordinal));
        client.Abort();
    }

    [Theory]
    [InlineData("ohttp")]
    [InlineData("ohttp with host")]
    public void Response_ToTheRecordedKey_IsWhatGostSends(string name)
    {
        string request = Encoding.ASCII.GetString(ObfuscationVectors.Sent(name, "c2s")[0]);
        string recorded = Encoding.ASCII.GetString(ObfuscationVectors.Sent(name, "s2c")[0]);
        DateTimeOffset date = DateTimeOffset.ParseExact(
            FieldOf(recorded, "Date"), "ddd, dd MMM yyyy HH:mm:ss 'UTC'", null, System.Globalization.DateTimeStyles.AssumeUniversal);

        byte[] response = HttpObfuscationCodec.CreateResponse(Encoding.ASCII.GetBytes(FieldOf(request, "Sec-Websocket-Key")), date);

        Assert.Equal(
            recorded[..^"hello".Length].Replace(" UTC", " GMT", StringComparison.Ordinal), Encoding.ASCII.GetString(response));
    }

    [Theory]
    [InlineData("plain GET", HttpRefusal)]
    [InlineData("POST with Upgrade", HttpRefusal)]
    [InlineData("Upgrade: WebSocket (capitals)", null)]
    [InlineData("no key, no Connection header", null)]
    [InlineData("Content-Length 5 and five more bytes", null)]
    public async Task Server_Probe_IsAnsweredAsByGostOrServedWhole(string what, string? refusal)
    {
        string probe = ObfuscationVectors.Probe(what);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await near.SendAndEndAsync(Encoding.ASCII.GetBytes(probe));

        Task<IConnection> serving = new HttpObfuscationServer(_time).StartAsync(far, default).AsTask();
        if (refusal is not null)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => serving.OrFail());
            Assert.Equal(ForwardError.ProtocolError, failure.Error);
            Assert.Equal(refusal, Encoding.ASCII.GetString(await near.ReadToEndAsync().OrFail()));
            return;
        }

        IConnection server = await serving.OrFail();
        Assert.Equal(probe[(probe.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..],
            Encoding.ASCII.GetString(await server.ReadToEndAsync().OrFail()));
        await server.CompleteWritesAsync();
        string response = Encoding.ASCII.GetString(await near.ReadToEndAsync().OrFail());
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", response, StringComparison.Ordinal);
        Assert.Equal("Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=", FieldOf(response, "Sec-WebSocket-Accept")); // of no key
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\nUpgrade: websocket\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public async Task Server_MalformedHead_Answers400(string request) => await ExpectBadRequestAsync(Encoding.Latin1.GetBytes(request));

    [Fact]
    public async Task Server_TooManyFields_Answers400() => await ExpectBadRequestAsync(Encoding.ASCII.GetBytes(
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 99)) + "\r\n"));

    [Fact]
    public async Task Server_HeadWithoutEnd_Answers400After16Kib() => await ExpectBadRequestAsync(
        [.. "GET / HTTP/1.1\r\nHost: "u8, .. Enumerable.Repeat((byte)'a', 16 * 1024)]);

    [Fact]
    public async Task Server_RefusedClientThatStays_IsLeftAfterASecond()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await near.Stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        Task<IConnection> serving = new HttpObfuscationServer(_time).StartAsync(far, default).AsTask();
        Assert.Equal(HttpRefusal, Encoding.ASCII.GetString(await near.ReadToEndAsync().OrFail()));

        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<ForwardException>(() => serving.OrFail());
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "answered 503 Service Unavailable")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nbody", "answered 200 OK")]
    [InlineData("HTTP/1.1 101\r\n bad: x\r\n\r\n", "FoldedLine")]
    [InlineData("SSH-2.0-x\r\n\r\n", "BadStatusLine")]
    public async Task Client_OtherAnswer_FailsTheReadAndTellsWhy(string response, string why)
    {
        ScriptedPeer peer = new();
        await peer.SendAsync(Encoding.ASCII.GetBytes(response));
        IConnection client = await StartAsync(peer.Near);
        await client.Stream.WriteAsync("hello"u8.ToArray());

        for (int i = 0; i < 2; i++)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Stream.ReadAsync(new byte[10]).OrFail());
            Assert.Equal(ForwardError.ProtocolError, failure.Error);
            Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Client_ResponseWithoutEnd_FailsAfter16Kib() => await ExpectReadFailureAsync(
        [.. "HTTP/1.1 101 x\r\nX: "u8, .. Enumerable.Repeat((byte)'a', 16 * 1024)], ForwardError.ProtocolError, "more than 16384 bytes");

    [Fact]
    public async Task Client_ResponseWithTooManyFields_Fails() => await ExpectReadFailureAsync(
        Encoding.ASCII.GetBytes("HTTP/1.1 101 x\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 101)) + "\r\n"),
        ForwardError.ProtocolError,
        "TooManyFields");

    [Fact]
    public async Task Client_ResponseCutShort_FailsTheRead()
    {
        for (int length = 1; length < Response.Length; length++)
        {
            await ExpectReadFailureAsync(Encoding.ASCII.GetBytes(Response[..length]), ForwardError.ConnectionClosed, "within its response");
        }
    }

    [Fact]
    public async Task Client_ResponseThatStops_FailsTenSecondsAfterItsFirstByte()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        IConnection client = await StartAsync(near);
        await client.Stream.WriteAsync("hello"u8.ToArray());
        Task<int> reading = client.Stream.ReadAsync(new byte[10]).AsTask();
        _time.Advance(TimeSpan.FromHours(1)); // the target thinks: that is no fault of the node

        await far.Stream.WriteAsync("HTTP/1.1 101"u8.ToArray());
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ForwardError.TimedOut, (await Assert.ThrowsAsync<ForwardException>(() => reading.OrFail())).Error);
    }

    [Fact]
    public async Task Client_ReadCanceledWithinTheHead_GoesOnWithTheNext()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        IConnection client = await StartAsync(near);
        await client.Stream.WriteAsync("hello"u8.ToArray());
        using CancellationTokenSource stop = new();
        Task<int> reading = client.Stream.ReadAsync(new byte[10], stop.Token).AsTask();
        await far.Stream.WriteAsync(Encoding.ASCII.GetBytes(Response[..20]));
        await _time.WaitForTimersAsync(1).OrFail();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.OrFail());

        await far.Stream.WriteAsync(Encoding.ASCII.GetBytes(Response[20..] + "payload"));

        Assert.Equal("payload"u8.ToArray(), await client.ReadAsync(7).OrFail());
    }

    [Fact]
    public async Task TryGetSocket_OfBothSides_IsTheCarriersOnceNothingIsLeftToDo()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        ScriptedPeer peer = new(socket: socket);
        IConnection client = await StartAsync(peer.Near);
        Assert.False(client.TryGetSocket(out _));
        await client.Stream.WriteAsync("hello"u8.ToArray());
        Assert.False(client.TryGetSocket(out _));
        await peer.SendAsync(Encoding.ASCII.GetBytes(Response + "12"));
        await client.ReadAsync(1).OrFail();
        Assert.False(client.TryGetSocket(out _));
        await client.ReadAsync(1).OrFail();
        Assert.True(client.TryGetSocket(out Socket? found) && found == socket);

        ScriptedPeer other = new(socket: socket);
        await other.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"u8.ToArray());
        IConnection server = await new HttpObfuscationServer(_time).StartAsync(other.Near, default).OrFail();
        Assert.True(server.TryGetSocket(out found) && found == socket);
    }

    [Theory]
    [InlineData("a b", null)]
    [InlineData("a\r\nX: y", null)]
    [InlineData("ä.example", null)]
    [InlineData("", null)]
    [InlineData(null, "agent\n")]
    [InlineData(null, "")]
    public void Client_TextThatCannotBeSent_IsRefused(string? host, string? userAgent)
    {
        HttpObfuscationOptions options = new() { Host = host };
        options.UserAgent = userAgent ?? options.UserAgent;

        Assert.Throws<ArgumentException>(() => new HttpObfuscationClient(options, new("node", 80), _time));
    }

    private static string FieldOf(string head, string name)
    {
        int start = head.IndexOf($"\r\n{name}: ", StringComparison.Ordinal) + name.Length + 4;
        return head[start..head.IndexOf('\r', start)];
    }

    private static async Task ExpectBadRequestAsync(byte[] request)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await near.SendAndEndAsync(request);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => new HttpObfuscationServer(TimeProvider.System).StartAsync(far, default).OrFail());

        Assert.Equal(ForwardError.ProtocolError, failure.Error);
        Assert.Equal(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", Encoding.ASCII.GetString(await near.ReadToEndAsync().OrFail()));
    }

    private async Task ExpectReadFailureAsync(byte[] response, ForwardError error, string why)
    {
        ScriptedPeer peer = new(1000);
        await peer.SendAsync(response);
        peer.End();
        await using IConnection client = await StartAsync(peer.Near);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Stream.ReadAsync(new byte[10]).OrFail());

        Assert.Equal(error, failure.Error);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    private async Task<IConnection> StartAsync(IConnection carrier) =>
        await new HttpObfuscationClient(new(), ObfuscationPair.Node, _time).StartAsync(carrier, default).OrFail();
}
