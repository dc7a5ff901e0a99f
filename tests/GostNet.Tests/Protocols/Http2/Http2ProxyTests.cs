using System.Net;
using System.Text;
using GostNet.Protocols.Http;
using GostNet.Protocols.Http2;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Protocols.Http2;

/// <summary>The connector and the server of the HTTP/2 proxy, held against one another and against what is sent by hand.</summary>
public sealed class Http2ProxyTests
{
    private static readonly HostEndPoint Target = new("db.example", 5432);

    private readonly FakeProxyHost _host = new();

    [Fact]
    public async Task Connect_ToATarget_RelaysBothWaysWithHalfCloses()
    {
        await using Scene scene = await Scene.StartAsync(_host);
        await using IListener listener = await _host.Network.ListenAsync(Target);
        IConnection connection = await scene.ConnectAsync(new Http2Connector("hop1"), Target);
        await using IConnection target = (await listener.AcceptAsync().OrFail())!;
        await connection.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await target.ReadToEndAsync().OrFail());
        await target.SendAndEndAsync("answer"u8.ToArray()).OrFail();
        Assert.Equal("answer"u8.ToArray(), await connection.ReadToEndAsync().OrFail());
        Assert.Equal(["db.example:5432"], _host.Dials);
    }

    [Fact]
    public async Task Connect_ManyAtOnce_AreClientsOfTheirOwn()
    {
        await using Scene scene = await Scene.StartAsync(_host);
        await using IListener listener = await _host.Network.ListenAsync(Target);
        Http2Connector connector = new("hop1");
        Task serving = Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            await using IConnection target = (await listener.AcceptAsync().OrFail())!;
            await target.SendAndEndAsync(await target.ReadToEndAsync().OrFail()).OrFail();
        }));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            await using IConnection connection = await scene.ConnectAsync(connector, Target);
            await connection.SendAndEndAsync([1, 2, (byte)i]).OrFail();
            Assert.Equal([1, 2, (byte)i], await connection.ReadToEndAsync().OrFail());
        }));
        await serving.OrFail();
    }

    [Theory]
    [InlineData("user", "right", null)]
    [InlineData("user", "wrong", ForwardError.AuthenticationFailed)]
    [InlineData(null, null, ForwardError.AuthenticationRequired)]
    public async Task Login_IsAskedForAndChecked(string? user, string? password, ForwardError? expected)
    {
        _host.Authenticator = Authenticators.Users(new NetworkCredential("user", "right"));
        await using Scene scene = await Scene.StartAsync(_host);
        await using IListener listener = await _host.Network.ListenAsync(Target);
        Http2Connector connector = new("hop1", user is null ? null : new NetworkCredential(user, password));
        if (expected is null)
        {
            await scene.ConnectAsync(connector, Target);
            return;
        }

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => scene.ConnectAsync(connector, Target));
        Assert.Equal((expected, "hop1"), (failure.Error, failure.Node));
        Assert.Empty(_host.Dials);
        Assert.Equal(expected, Assert.IsType<ForwardException>(await scene.NextEndAsync()).Error);
    }

    [Fact]
    public async Task Connect_ToWhatIsForbiddenOrDown_SaysSo()
    {
        await using Scene scene = await Scene.StartAsync(_host);
        _host.Forbidden.Add(Target);
        ForwardException forbidden = await Assert.ThrowsAsync<ForwardException>(() => scene.ConnectAsync(new("hop1"), Target));
        Assert.Equal((ForwardError.Forbidden, false), (forbidden.Error, forbidden.IsTargetFault));
        ForwardException down = await Assert.ThrowsAsync<ForwardException>(() => scene.ConnectAsync(new("hop1"), new("down.example", 1)));
        Assert.Equal((ForwardError.TargetUnreachable, true), (down.Error, down.IsTargetFault));
        Assert.Contains("503", down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfTheConnector_HasWhatGostSends()
    {
        await using Scene scene = await Scene.StartAsync(_host, isServing: false);
        Task<IConnection> connecting = scene.ConnectAsync(new("hop1", new("u", "p")), new("bücher.example", 80));
        Http2Connection stream = Assert.IsType<Http2Connection>(await scene.Server.AcceptAsync(default).OrFail());
        Assert.Equal(("CONNECT", "xn--bcher-kva.example:80", null, null), (stream.Request.Method, stream.Request.Authority, stream.Request.Path, stream.Request.Scheme));
        Assert.Equal(
            [new("user-agent", "Chrome/60.0.3112.90"), new("proxy-authorization", "Basic dTpw")], stream.Request.Fields.AsEnumerable());
        stream.Respond(new(200, []), isLast: false);
        Assert.Throws<InvalidOperationException>(() => stream.Respond(new(200, []), isLast: false));
        await connecting.OrFail();
    }

    [Fact]
    public async Task Stream_BeforeItsRequest_IsNotForBytes()
    {
        await using Scene scene = await Scene.StartAsync(_host, isServing: false);
        IConnection stream = await scene.Client.OpenAsync(default).OrFail();
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => new Http2Connector("hop1").ConnectAsync(stream, Target).OrFail());
        await Assert.ThrowsAsync<ArgumentException>(
            () => new Http2Connector("hop1").ConnectAsync(InMemoryConnection.CreatePair().Near, Target).OrFail());
        Assert.True(scene.Client.CanOpen);
    }

    [Fact]
    public async Task Stream_NotAnswered_IsAFailureOfTheNode()
    {
        await using Scene scene = await Scene.StartAsync(_host, isServing: false);
        Task<IConnection> connecting = scene.ConnectAsync(new("hop1"), Target);
        await (await scene.Server.AcceptAsync(default).OrFail())!.DisposeAsync();
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connecting.OrFail());
        Assert.Equal((ForwardError.ConnectionClosed, "hop1"), (failure.Error, failure.Node));
    }

    [Theory]
    [InlineData("GET", "a:80", "/", 405)]
    [InlineData("CONNECT", "a", null, 400)]
    [InlineData("CONNECT", "user@a:1", null, 400)]
    [InlineData("CONNECT", "a:0", null, 400)]
    public async Task Request_ForSomethingElse_IsRefused(string method, string authority, string? path, int expected)
    {
        await using Scene scene = await Scene.StartAsync(_host);
        var stream = Assert.IsType<Http2Connection>(await scene.Client.OpenAsync(default).OrFail());
        ResponseHead response = await stream.RequestAsync(
            new() { Method = method, Authority = authority, Path = path, Scheme = path is null ? null : "http" }, default).OrFail();
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(response.Fields, field => field is { Name: "proxy-agent", Value: "GostNet/test" });
        Assert.Empty(await stream.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("code:404", "a:1", 404)]
    [InlineData("code:200", "a:1", 200)]
    [InlineData("file:/nowhere", "a:1", 404)]
    [InlineData("code:404", "knock.example:1", 407)]
    public async Task Probe_WithoutALogin_SeesNoProxy(string probe, string authority, int expected)
    {
        Assert.True(HttpProbeResist.TryParse(probe, out HttpProbeResist? resist, out _));
        _host.Authenticator = Authenticators.Users(new NetworkCredential("user", "right"));
        await using Scene scene = await Scene.StartAsync(
            _host, new() { Agent = "GostNet/test", ProbeResist = resist, Knock = "knock.example" });
        var stream = Assert.IsType<Http2Connection>(await scene.Client.OpenAsync(default).OrFail());
        ResponseHead response = await stream.RequestAsync(new() { Method = "CONNECT", Authority = authority }, default).OrFail();
        Assert.Equal((expected, expected == 407), (response.StatusCode, response.Fields.Length > 0));
    }

    [Fact]
    public async Task Client_OfHttp1_IsServedAtTheSamePort()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await near.Stream.WriteAsync("PUT / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()).OrFail(); // it has a letter in common with PRI
        await using IMultiplexSession server = await Http2ServerLayer.ForRequests(TimeProvider.System).StartAsync(far, default).OrFail();
        Task refused = _host.ServeAsync(new Http2ProxyServer(new()), (await server.AcceptAsync(default).OrFail())!);
        await near.CompleteWritesAsync();
        Assert.StartsWith("HTTP/1.1 400 ", Encoding.ASCII.GetString(await near.ReadToEndAsync().OrFail()), StringComparison.Ordinal);
        await near.DisposeAsync();
        await Assert.ThrowsAsync<ForwardException>(() => refused.OrFail());
        await server.Completion.OrFail();
        Assert.Null(await server.AcceptAsync(default).OrFail());
    }

    /// <summary>A client's session, and a server that serves each stream of its own.</summary>
    private sealed class Scene(IMultiplexSession client, IMultiplexSession server) : IAsyncDisposable
    {
        private readonly System.Threading.Channels.Channel<Exception?> _ends =
            System.Threading.Channels.Channel.CreateUnbounded<Exception?>();

        private Task _serving = Task.CompletedTask;

        public IMultiplexSession Client { get; } = client;

        public IMultiplexSession Server { get; } = server;

        public static async Task<Scene> StartAsync(FakeProxyHost host, HttpProxySettings? settings = null, bool isServing = true)
        {
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            IMultiplexSession client = await Http2ClientLayer.ForRequests(TimeProvider.System).StartAsync(near, default).OrFail();
            Scene scene = new(client, await Http2ServerLayer.ForRequests(TimeProvider.System).StartAsync(far, default).OrFail());
            if (isServing)
            {
                scene._serving = scene.ServeAsync(host, new Http2ProxyServer(settings ?? new() { Agent = "GostNet/test" }));
            }

            return scene;
        }

        public async Task<IConnection> ConnectAsync(Http2Connector connector, HostEndPoint target) =>
            await connector.ConnectAsync(await Client.OpenAsync(default).OrFail(), target).OrFail();

        /// <summary>How the serving of a stream ended.</summary>
        public Task<Exception?> NextEndAsync() => _ends.Reader.ReadAsync().OrFail();

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync().OrFail();
            await Server.DisposeAsync().OrFail();
            await _serving.OrFail();
        }

        private async Task ServeAsync(FakeProxyHost host, Http2ProxyServer proxy)
        {
            List<Task> streams = [];
            while (await Server.AcceptAsync(default) is { } stream)
            {
                streams.Add(Task.Run(async () => _ends.Writer.TryWrite(await Record.ExceptionAsync(() => host.ServeAsync(proxy, stream)))));
            }

            await Task.WhenAll(streams);
        }
    }
}
