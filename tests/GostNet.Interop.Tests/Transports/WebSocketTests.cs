using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;
using GostNet.Transports.Tcp;
using GostNet.Transports.WebSockets;

namespace GostNet.Interop.Tests.Transports;

/// <summary>The WebSocket layer against other WebSockets: those of .NET, curl's handshake, and nginx in between.</summary>
public class WebSocketTests
{
    private const int Size = 1_000_000;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Server_ClientOfDotNet_IsEchoedAndClosesInOrder(bool clientCompresses, bool serverCompresses)
    {
        await using TcpTarget server = Serve(new() { Compression = serverCompresses });
        using ClientWebSocket client = new();
        client.Options.DangerousDeflateOptions =
            clientCompresses ? new() { ClientContextTakeover = false, ServerContextTakeover = false } : null;
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/ws"), default).OrFail();
        await AssertEchoedAsync(client);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default).OrFail();
        Assert.Equal((WebSocketState.Closed, WebSocketCloseStatus.NormalClosure), (client.State, client.CloseStatus));
    }

    [Fact]
    public async Task Server_ClientOfDotNetThatKeepsAlive_IsAnswered()
    {
        await using TcpTarget server = Serve(new());
        using ClientWebSocket client = new();
        client.Options.KeepAliveInterval = TimeSpan.FromMilliseconds(20);
        client.Options.KeepAliveTimeout = Hang.Limit;
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/ws"), default).OrFail();
        for (int i = 0; i < 5; i++)
        {
            await AssertEchoedAsync(client);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_ServerOfDotNet_EchoesAndReadsTheEndOfBoth(bool isCompressed)
    {
        await using TcpTarget server = new(async stream =>
        {
            string request = await ReadHeadAsync(stream);
            string key = request.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))[19..];
            Assert.Equal(isCompressed, request.Contains(WebSocketUpgrade.Compression, StringComparison.Ordinal));
            await stream.WriteAsync(WebSocketUpgrade.WriteResponse(key, isCompressed));
            using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
            {
                IsServer = true,
                DangerousDeflateOptions =
                    isCompressed ? new() { ClientContextTakeover = false, ServerContextTakeover = false } : null,
            });
            await EchoAsync(socket);
        });
        await using IConnection client = await ConnectAsync(server.Port, new() { Compression = isCompressed });
        await AssertEchoedAsync(client.Stream);
        await client.Stream.WriteAsync("end"u8.ToArray()).OrFail();
        Assert.Equal("end"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        await client.CompleteWritesAsync().OrFail();
    }

    [Fact]
    public async Task Client_HttpListener_Echoes()
    {
        using HttpListener listener = StartListener(out int port);
        Task serving = Task.Run(async () =>
        {
            HttpListenerContext context = await listener.GetContextAsync();
            await EchoAsync((await context.AcceptWebSocketAsync(null)).WebSocket);
        });
        await using IConnection client = await ConnectAsync(port, new());
        await AssertEchoedAsync(client.Stream);
        await client.Stream.WriteAsync("end"u8.ToArray()).OrFail();
        Assert.Equal("end"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        await serving.OrFail();
    }

    [Fact]
    public async Task Client_HttpListenerThatRefuses_SaysHow()
    {
        using HttpListener listener = StartListener(out int port);
        Task serving = Task.Run(async () =>
        {
            HttpListenerContext context = await listener.GetContextAsync();
            context.Response.StatusCode = 418;
            await context.Response.OutputStream.WriteAsync("short and stout"u8.ToArray());
            context.Response.Close();
        });
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => ConnectAsync(port, new()));
        Assert.Contains("418", failure.Message, StringComparison.Ordinal);
        Assert.Contains("short and stout", failure.Message, StringComparison.Ordinal);
        await serving.OrFail();
    }

    [PeerTheory(Nginx.Program)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nginx_InBetween_LeavesHalfClosesAsTheyAre(bool clientFirst)
    {
        TaskCompletionSource<byte[]> received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TcpTarget server = new(async stream =>
        {
            await using IConnection connection = await AcceptAsync(stream, new() { Path = "/inner/ws" });
            if (clientFirst)
            {
                byte[] all = await connection.ReadToEndAsync();
                await connection.SendAndEndAsync(all);
                return;
            }

            await connection.SendAndEndAsync("first"u8.ToArray());
            received.SetResult(await connection.ReadToEndAsync());
        });
        await using PeerProcess nginx = await Nginx.StartProxyAsync("ws.example", "/outer", $"127.0.0.1:{server.Port}", "/inner/ws");
        await using IConnection client = await ConnectAsync(nginx.Port, new() { Path = "/outer", Host = "ws.example" });
        if (clientFirst)
        {
            byte[] data = new byte[Size];
            Random.Shared.NextBytes(data);
            await client.SendAndEndAsync(data).OrFail();
            Assert.Equal(data, await client.ReadToEndAsync().OrFail());
            Assert.True(((WebSocketConnection)client).PeerHalfCloses);
            return;
        }

        Assert.Equal("first"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        Assert.True(((WebSocketConnection)client).PeerHalfCloses); // nginx may have passed that on behind the head
        await client.SendAndEndAsync("second"u8.ToArray()).OrFail();
        Assert.Equal("second"u8.ToArray(), await received.Task.OrFail());
    }

    [PeerTheory(Nginx.Program)]
    [InlineData("/outer", "other.example", "421")]
    [InlineData("/elsewhere", "ws.example", "404")]
    [InlineData("/outer", "ws.example", "502")]
    public async Task Nginx_ThatRefuses_IsQuoted(string path, string host, string status)
    {
        using ClosedPort closed = new();
        await using PeerProcess nginx = await Nginx.StartProxyAsync("ws.example", "/outer", closed.Address, "/ws");
        ForwardException failure =
            await Assert.ThrowsAsync<ForwardException>(() => ConnectAsync(nginx.Port, new() { Path = path, Host = host }));
        Assert.Contains($"'HTTP/1.1 {status} ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("<html>", failure.Message, StringComparison.Ordinal);
    }

    [PeerFact(Curl.Program)]
    public async Task Curl_ThatIsRefused_ReadsTheAnswer()
    {
        await using TcpTarget server = Serve(new());
        string address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}");
        (int exitCode, string output) = await ProgramRun.RunAsync(
            Curl.Program, "--disable", "-sS", "-i", "--max-time", "20", $"{address}/");
        Assert.Equal(0, exitCode);
        Assert.Contains("404 Not Found", output, StringComparison.Ordinal);
        Assert.Contains("404 page not found", output, StringComparison.Ordinal);
        (exitCode, output) = await ProgramRun.RunAsync(
            Curl.Program, "--disable", "-sS", "-i", "--max-time", "20", "--data", new string('x', 100_000), $"{address}/ws");
        Assert.Contains("400 Bad Request", output, StringComparison.Ordinal);
    }

    private static TcpTarget Serve(WebSocketServerOptions options) => new(async stream =>
    {
        try
        {
            await using IConnection connection = await AcceptAsync(stream, options);
            await connection.Stream.CopyToAsync(connection.Stream);
        }
        catch (IOException)
        {
            // What the client sees of it is what is tested.
        }
    });

    private static async Task<IConnection> AcceptAsync(NetworkStream stream, WebSocketServerOptions options) =>
        await new WebSocketServer(options, TimeProvider.System).StartAsync(new TcpConnection(stream.Socket, null), default);

    private static async Task<IConnection> ConnectAsync(int port, WebSocketClientOptions options)
    {
        Socket socket = await TcpTraffic.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        TcpConnection carrier = new(socket, null);
        try
        {
            return await new WebSocketClient(options, new("127.0.0.1", port), TimeProvider.System).StartAsync(carrier, default).OrFail();
        }
        catch
        {
            await carrier.DisposeAsync();
            throw;
        }
    }

    private static HttpListener StartListener(out int port)
    {
        port = FreePort.Next();
        HttpListener listener = new();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        return listener;
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    /// <summary>Sends every message back, until one says "end".</summary>
    private static async Task EchoAsync(WebSocket socket)
    {
        byte[] buffer = new byte[100_000];
        while (socket.State == WebSocketState.Open)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), default);
            await socket.SendAsync(buffer.AsMemory(0, result.Count), WebSocketMessageType.Binary, true, default);
            if (buffer.AsSpan(0, result.Count).SequenceEqual("end"u8))
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
            }
        }
    }

    private static Task AssertEchoedAsync(WebSocket socket) =>
        AssertEchoedAsync(System.Net.WebSockets.WebSocketStream.Create(socket, WebSocketMessageType.Binary));

    private static async Task AssertEchoedAsync(Stream stream)
    {
        byte[] sent = new byte[Size];
        Random.Shared.NextBytes(sent.AsSpan(Size / 2)); // and half of it can be compressed
        Task sending = stream.WriteAsync(sent).OrFail();
        byte[] received = new byte[Size];
        await stream.ReadExactlyAsync(received).OrFail();
        await sending;
        Assert.Equal(sent, received);
    }
}
