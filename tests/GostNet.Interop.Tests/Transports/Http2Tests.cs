using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Protocols.Http2;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;
using GostNet.Transports.Tcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GostNet.Interop.Tests.Transports;

/// <summary>Both ends of HTTP/2 against those of others, over TCP.</summary>
public sealed class Http2Tests
{
    private const string Path = "/tunnel";

    [Fact]
    public async Task HttpClient_WithADuplexBody_IsATunnel()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpClient client = CreateClient();
        byte[] data = RandomNumberGenerator.GetBytes(5_000_000);
        using HttpRequestMessage request = new(HttpMethod.Post, server.Uri)
        {
            Content = new DuplexContent(data),
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).OrFail();
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
        Assert.Equal(data, await response.Content.ReadAsByteArrayAsync().OrFail());
    }

    [Fact]
    public async Task HttpClient_WithManyStreams_GetsWhatIsEachs()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpClient client = CreateClient();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            byte[] data = RandomNumberGenerator.GetBytes(10_000 * (i % 10));
            using ByteArrayContent body = new(data);
            using HttpResponseMessage response = await client.PostAsync(server.Uri, body);
            Assert.Equal(data, await response.Content.ReadAsByteArrayAsync());
        })).OrFail();
    }

    [Fact]
    public async Task HttpClient_WithAnotherPath_IsToldSo()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        using HttpClient client = CreateClient();
        using HttpResponseMessage response = await client.GetAsync(new Uri(server.Uri, "/other")).OrFail();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")]
    public async Task Http1_ToTheServer_IsAnsweredWith400(string head)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        await using IConnection client = await DialAsync(server.Uri.Port);
        await client.Stream.WriteAsync(Encoding.ASCII.GetBytes(head)).OrFail();
        Assert.StartsWith("HTTP/1.1 400 ", Encoding.ASCII.GetString(await client.ReadToEndAsync().OrFail()), StringComparison.Ordinal);
    }

    [PeerFact(Nghttp2.Client)]
    public async Task Nghttp_WithABody_GetsItBack()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        string file = System.IO.Path.GetTempFileName();
        try
        {
            string text = string.Concat(Enumerable.Repeat("some text\n", 30_000));
            await File.WriteAllTextAsync(file, text);
            string output = await ProgramRun.ToEndAsync(Nghttp2.Client, $"--data={file}", "--no-dep", server.Uri.ToString());
            Assert.Equal(text, output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [PeerFact(Nghttp2.Load)]
    public async Task H2Load_WithManyRequests_SeesNoFailure()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        string output = await ProgramRun.ToEndAsync(
            Nghttp2.Load, "--requests=4000", "--clients=4", "--max-concurrent-streams=100", server.Uri.ToString());
        Assert.Contains("4000 succeeded, 0 failed, 0 errored, 0 timeout", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Path)]
    public async Task Kestrel_AskedForTunnels_CarriesThem(string? path)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.AllowAlternateSchemes = true; // GOST says https also without TLS
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        await using WebApplication web = builder.Build();
        web.Run(async context =>
        {
            Assert.Equal(path is null ? "CONNECT" : "GET", context.Request.Method);
            await context.Response.Body.FlushAsync();
            await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        await web.StartAsync().OrFail();
        int port = new Uri(web.Urls.Single()).Port;
        await using IMultiplexSession session = await StartClientAsync(new(new() { Path = path }, $"127.0.0.1:{port}", TimeProvider.System), port);
        byte[] data = RandomNumberGenerator.GetBytes(2_000_000);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using IConnection stream = await session.OpenAsync(default);
            if (i % 5 == 0)
            {
                await stream.Stream.WriteAsync(data.AsMemory(0, 100));
                Assert.Equal(data[..100], await stream.ReadAsync(100));
                stream.Abort(); // the others go on
                return;
            }

            Task sending = stream.SendAndEndAsync(data);
            Assert.Equal(data, await stream.ReadToEndAsync());
            await sending;
        })).OrFail();
        Assert.True(session.CanOpen);
    }

    [PeerFact(Nghttp2.Proxy, Tinyproxy.Program)]
    public async Task Nghttpx_AskedToConnect_ReachesTheTarget()
    {
        await using PeerProcess proxy = await Nghttp2.StartProxyAsync(await Tinyproxy.StartAsync());
        await using IMultiplexSession session = await StartClientAsync(Http2ClientLayer.ForRequests(TimeProvider.System), proxy.Port);
        using TcpListener target = new(IPAddress.Loopback, 0);
        target.Start();
        HostEndPoint address = (IPEndPoint)target.LocalEndpoint;
        Http2Connector connector = new("hop1");
        byte[] data = RandomNumberGenerator.GetBytes(2_000_000);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            await using IConnection connection = await connector.ConnectAsync(await session.OpenAsync(default), address);
            using TcpClient accepted = await target.AcceptTcpClientAsync();
            Task echoing = EchoAsync(accepted.GetStream(), data.Length);
            Task sending = connection.Stream.WriteAsync(data).AsTask();
            Assert.Equal(data, await connection.ReadAsync(data.Length));
            await sending;
            await echoing;
        })).OrFail();
    }

    [PeerFact(Nghttp2.Proxy, Tinyproxy.Program)]
    public async Task Nghttpx_AskedForAClosedPort_SaysSo()
    {
        await using PeerProcess proxy = await Nghttp2.StartProxyAsync(await Tinyproxy.StartAsync());
        await using IMultiplexSession session = await StartClientAsync(Http2ClientLayer.ForRequests(TimeProvider.System), proxy.Port);
        IConnection stream = await session.OpenAsync(default).OrFail();
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => new Http2Connector("hop1").ConnectAsync(stream, new("127.0.0.1", 1)).OrFail());
        Assert.Equal("hop1", failure.Node ?? "hop1");
        Assert.Contains("answered 5", failure.Message, StringComparison.Ordinal);
        Assert.True(session.CanOpen);
    }

    private static HttpClient CreateClient() => new(new SocketsHttpHandler { UseProxy = false })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static async Task EchoAsync(Stream stream, int count)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int left = count; left > 0;)
        {
            int read = await stream.ReadAsync(buffer);
            await stream.WriteAsync(buffer.AsMemory(0, read));
            left -= read;
        }
    }

    private static async Task<IMultiplexSession> StartClientAsync(Http2ClientLayer layer, int port) =>
        await layer.StartAsync(await DialAsync(port), default);

    private static async Task<IConnection> DialAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new TcpConnection(socket, socket.RemoteEndPoint!);
    }

    /// <summary>A body that is sent while the answer is read; other bodies are sent first.</summary>
    private sealed class DuplexContent(byte[] data) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(data).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A server whose tunnels end in an echo.</summary>
    private sealed class EchoServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Http2ServerLayer _layer = new(new() { Path = Path }, TimeProvider.System);
        private Task _serving = Task.CompletedTask;

        public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{Path}");

        public static Task<EchoServer> StartAsync()
        {
            EchoServer server = new();
            server._listener.Start();
            server._serving = server.AcceptAsync();
            return Task.FromResult(server);
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving.OrFail();
            _listener.Dispose();
        }

        private async Task AcceptAsync()
        {
            List<Task> sessions = [];
            try
            {
                while (true)
                {
                    Socket socket = await _listener.AcceptSocketAsync();
                    socket.NoDelay = true;
                    sessions.Add(Task.Run(() => ServeAsync(new TcpConnection(socket, socket.RemoteEndPoint!))));
                }
            }
            catch (SocketException)
            {
                // It was stopped.
            }

            await Task.WhenAll(sessions);
        }

        private async Task ServeAsync(TcpConnection carrier)
        {
            await using TcpConnection owned = carrier;
            IMultiplexSession session;
            try
            {
                session = await _layer.StartAsync(carrier, default);
            }
            catch (ForwardException)
            {
                return; // no HTTP/2
            }

            await using IMultiplexSession ownedSession = session;
            List<Task> streams = [];
            while (await session.AcceptAsync(default) is { } stream)
            {
                streams.Add(Task.Run(() => EchoAsync(stream)));
            }

            await Task.WhenAll(streams);
        }

        private static async Task EchoAsync(IConnection stream)
        {
            await using IConnection owned = stream;
            try
            {
                await stream.Stream.CopyToAsync(stream.Stream);
                await stream.CompleteWritesAsync();
            }
            catch (IOException)
            {
                // The client has seen enough; whether that is right, the test says.
            }
        }
    }
}
