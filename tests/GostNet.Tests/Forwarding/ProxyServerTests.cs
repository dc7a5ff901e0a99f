using System.Text;
using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>Proxy servers as forwards: what becomes of their clients, and what is told of it.</summary>
public sealed class ProxyServerTests
{
    private static readonly HostEndPoint Target = ForwardScene.At("a");

    public static TheoryData<string, string> Protocols => new()
    {
        { "socks5", "socks5" },
        { "socks4", "socks4" },
        { "socks4", "socks4a" },
        { "http", "http" },
        { "auto", "socks5" },
        { "auto", "socks4" },
        { "auto", "socks4a" },
        { "auto", "http" },
    };

    public static TheoryData<string, string> ProtocolsWithLogin => new()
    {
        { "socks5", "socks5" },
        { "http", "http" },
        { "auto", "socks5" },
        { "auto", "http" },
    };

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Connect_TargetListens_RelaysAndTellsOfIt(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartProxyAsync(served);
        string given = spoken == "socks4" ? $"{scene.Network.Resolve("a")}" : "a";
        await using IListener? byAddress = spoken == "socks4" ? await scene.Network.ListenAsync(new(given, 1)) : null;

        await using IConnection client = await scene.DialAsync(spoken, new(given, 1));
        await using IConnection accepted = (await (byAddress ?? target).AcceptAsync().OrFail())!;
        await ProxyClients.ExchangeAsync(client, accepted);

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Completed, connection.End);
        Assert.Equal(new HostEndPoint(given, 1), connection.Target);
        Assert.Equal((8, 10), (connection.BytesFromClient, connection.BytesFromTarget));
        Assert.Equal([8, 10], scene.Meters.Of("gostnet.connection.io").Select(m => m.Value));
        Assert.Equal($"{served}://front:1", scene.Forward.Name);
        Assert.Equal(ForwardKind.Proxy, scene.Forward.Kind);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Connect_TargetRefuses_FailsAfterAllAttemptsAndSaysWhy(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync(served, ProxyClients.Open with { Attempts = 2 });
        var target = new HostEndPoint("10.0.0.1", 1);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync(spoken, target));

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.DialFailed, connection.End);
        Assert.Equal(ForwardError.ConnectionRefused, Assert.IsType<ForwardException>(connection.Error).Error);
        Assert.Null(connection.Target);
        Assert.Equal([target, target], scene.TargetDials);
        Assert.Equal(2, scene.Log.WithId(LogEventIds.DialFailed).Count);
        Assert.Equal(2, scene.Log.WithId(LogEventIds.DialGivenUp).Single().Values["Attempts"]);
        Assert.True(e.IsTargetFault);
    }

    [Fact]
    public async Task Connect_SecondAttemptReachesTheTarget_TheClientNoticesNothing()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        scene.Network.Fail(Target, ForwardError.ConnectionRefused);
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { Attempts = 2 });

        await AssertServedAsync(scene, target, "socks5");
        Assert.Empty(scene.Log.WithId(LogEventIds.DialGivenUp));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Connect_TheRulesForbidIt_IsRejectedAndDialsNothing(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync(served, ProxyClients.Open with { Whitelist = "tcp:*:*", Blacklist = "tcp:10.*:1" });

        await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync(spoken, new("10.0.0.1", 1)));

        await AssertRejectedAsync(scene, ForwardError.Forbidden);
        Assert.Empty(scene.TargetDials);
    }

    [Theory]
    [MemberData(nameof(ProtocolsWithLogin))]
    public async Task Connect_WrongLogin_IsRejected(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync(served, WithUser());

        await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync(spoken, Target, "me:wrong@"));

        await AssertRejectedAsync(scene, ForwardError.AuthenticationFailed);
        Assert.Empty(scene.TargetDials);
    }

    [Theory]
    [MemberData(nameof(ProtocolsWithLogin))]
    public async Task Connect_RightLogin_IsServed(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartProxyAsync(served, WithUser());

        await AssertServedAsync(scene, target, spoken, "me:right@");
    }

    [Fact]
    public async Task Connect_Socks4WhereALoginIsNeeded_IsRejected()
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("auto", WithUser());

        await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("socks4a", Target));

        await AssertRejectedAsync(scene, ForwardError.AuthenticationRequired);
    }

    [Theory]
    [InlineData("socks4")]
    [InlineData("socks5")]
    [InlineData("http")]
    [InlineData("auto")]
    public async Task Client_SaysNothing_IsRejectedAfterAWhile(string served)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync(served, ProxyClients.Open with { HandshakeTimeout = TimeSpan.FromSeconds(3) });
        int others = scene.Time.ArmedTimers;
        await using InMemoryConnection client = await scene.ConnectAsync();
        await scene.Time.WaitForTimersAsync(others + 1).OrFail();

        scene.Time.Advance(TimeSpan.FromSeconds(3));
        await client.CompleteWritesAsync(); // so that nothing lingers

        await AssertRejectedAsync(scene, ForwardError.TimedOut);
    }

    /// <summary>It is no client that was refused something.</summary>
    [Theory]
    [InlineData("socks4", "\x04\x01")]
    [InlineData("socks5", "\x05")]
    [InlineData("auto", "\x05\x01")]
    [InlineData("socks5", "")]
    public async Task Client_HangsUpBeforeItSaidWhatItWants_HasGone(string served, string said)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync(served);
        await using InMemoryConnection client = await scene.ConnectAsync();

        await client.SendAndEndAsync(Encoding.Latin1.GetBytes(said)).OrFail();

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.ClientReset, connection.End);
        Assert.Equal(ForwardError.ConnectionClosed, Assert.IsType<ForwardException>(connection.Error).Error);
        Assert.Empty(scene.Log.WithId(LogEventIds.ClientRejected));
    }

    [Fact]
    public async Task Client_ResetsItsConnection_HasGone()
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5");
        await using InMemoryConnection client = await scene.ConnectAsync();
        await scene.NextOpenedAsync();

        client.Abort();

        Assert.Equal(ConnectionEnd.ClientReset, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task Client_OneTooMany_IsReset()
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync("socks5", ProxyClients.Open with { MaxConnections = 1 });
        await using InMemoryConnection first = await scene.ConnectAsync();
        await scene.NextOpenedAsync();

        await using InMemoryConnection second = await scene.ConnectAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => second.ReadToEndAsync().OrFail());
        Assert.Equal(1, scene.Log.WithId(LogEventIds.ConnectionRejected).Single().Values["Count"]);
    }

    [Theory]
    [InlineData("socks5")]
    [InlineData("http")]
    public async Task Connect_IdleForTooLong_Ends(string protocol)
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartProxyAsync(protocol, ProxyClients.Open with { IdleTimeout = TimeSpan.FromSeconds(10) });
        await using IConnection client = await scene.DialAsync(protocol, Target);
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await client.Stream.WriteAsync(new byte[1]);
        await accepted.ReadAsync(1).OrFail();

        scene.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(ConnectionEnd.IdleTimeout, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task Http_RequestsAndThenAConnect_CountAllBytesAndTellTheLastTarget()
    {
        await using var scene = new ForwardScene();
        await using IListener web = await scene.Network.ListenAsync(new("web", 80));
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartProxyAsync("http");
        await using InMemoryConnection client = await scene.ConnectAsync();

        await WriteAsync(client, "POST http://web/ HTTP/1.1\r\nHost: web\r\nContent-Length: 4\r\n\r\nbody");
        await using IConnection served = (await web.AcceptAsync().OrFail())!;
        await ReadUntilAsync(served, "body");
        await WriteAsync(served, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nanswr");
        await ReadUntilAsync(client, "answr");
        ForwardedConnection connection = await scene.NextOpenedAsync();
        Assert.Equal(new HostEndPoint("web", 80), connection.Target);

        await WriteAsync(client, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
        await ReadUntilAsync(client, "\r\n\r\n");
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await ProxyClients.ExchangeAsync(client, accepted);

        Assert.Same(connection, await scene.NextClosedAsync());
        Assert.Equal((4 + 8, 5 + 10), (connection.BytesFromClient, connection.BytesFromTarget));
        Assert.Equal(Target, connection.Target);
    }

    /// <summary>Its bytes are counted without a relay by then, and the dial is to end all the same.</summary>
    [Fact]
    public async Task DisposeAsync_WhileASecondHttpRequestDials_EndsTheDial()
    {
        await using var scene = new ForwardScene();
        await using IListener web = await scene.Network.ListenAsync(new("web", 80));
        scene.Network.Hang(new("slow", 80));
        await scene.StartProxyAsync("http", ProxyClients.Open with { DialTimeout = Timeout.InfiniteTimeSpan });
        await using InMemoryConnection client = await scene.ConnectAsync();
        await WriteAsync(client, "POST http://web/ HTTP/1.1\r\nHost: web\r\nContent-Length: 4\r\n\r\nbody");
        await using IConnection served = (await web.AcceptAsync().OrFail())!;
        await ReadUntilAsync(served, "body");
        await WriteAsync(served, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await ReadUntilAsync(client, "\r\n\r\n");
        await WriteAsync(client, "GET http://slow/ HTTP/1.1\r\nHost: slow\r\n\r\n");
        await scene.Network.WaitForDialsAsync(3).OrFail();

        await scene.Forwarder.DisposeAsync().OrFail();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
    }

    [Theory]
    [InlineData("socks4")]
    [InlineData("socks5")]
    [InlineData("http")]
    [InlineData("auto")]
    public async Task DisposeAsync_InMidHandshake_EndsIt(string served)
    {
        await using var scene = new ForwardScene();
        await scene.StartProxyAsync(served);
        await using InMemoryConnection client = await scene.ConnectAsync();
        await scene.NextOpenedAsync();

        await scene.Forwarder.DisposeAsync().OrFail();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task DisposeAsync_WhileItDials_EndsTheDial(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        var target = new HostEndPoint("10.0.0.1", 1);
        scene.Network.Hang(target);
        await scene.StartProxyAsync(served, ProxyClients.Open with { DialTimeout = Timeout.InfiniteTimeSpan });
        Task<IConnection> dialing = scene.DialAsync(spoken, target);
        await scene.Network.WaitForDialsAsync(2).OrFail();

        await scene.Forwarder.DisposeAsync().OrFail();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAsync<ForwardException>(() => dialing);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task StopAsync_WhileItRelays_LetsItFinish(string served, string spoken)
    {
        await using var scene = new ForwardScene();
        var address = new HostEndPoint("10.0.0.1", 1);
        await using IListener target = await scene.Network.ListenAsync(address);
        await scene.StartProxyAsync(served);
        await using IConnection client = await scene.DialAsync(spoken, address);
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;

        Task stopping = scene.Forwarder.StopAsync(TimeSpan.FromMinutes(1));
        await scene.Recorded.ListenerClosed.OrFail();
        await ProxyClients.ExchangeAsync(client, accepted);

        await stopping.OrFail();
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
    }

    private static async Task AssertServedAsync(ForwardScene scene, IListener target, string spoken, string login = "")
    {
        await using IConnection client = await scene.DialAsync(spoken, Target, login);
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await ProxyClients.ExchangeAsync(client, accepted);
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
    }

    private static HttpProxyServerOptions WithUser() =>
        new() { Authenticator = Authenticators.Users(new System.Net.NetworkCredential("me", "right")) };

    private static async Task AssertRejectedAsync(ForwardScene scene, ForwardError error)
    {
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Rejected, connection.End);
        Assert.Equal(error, Assert.IsType<ForwardException>(connection.Error).Error);
        Assert.Equal(scene.Forward.Name, scene.Log.WithId(LogEventIds.ClientRejected).Single().Values["Forward"]);
        Assert.Equal("Rejected", scene.Meters.Of("gostnet.connection.duration").Single().Tags["error.type"]);
    }

    private static Task WriteAsync(IConnection connection, string text) =>
        connection.Stream.WriteAsync(Encoding.Latin1.GetBytes(text)).OrFail();

    private static async Task ReadUntilAsync(IConnection connection, string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            text.Append(Encoding.Latin1.GetString(await connection.ReadAsync(1).OrFail()));
        }
    }
}
