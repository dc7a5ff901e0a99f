using System.Net;
using GostNet.Testing;
using GostNet.Tests.Forwarding;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building;

/// <summary>What becomes of the options of remote forwards, servers and nodes, in code and in URLs.</summary>
public sealed class NodeOptionsTests
{
    private static readonly HostEndPoint Target = ForwardScene.At("a");
    private static readonly string LongPassword = new('p', 256);

    [Fact]
    public void Build_RemoteForwards_AreNamedAsInGost()
    {
        Forwarder forwarder = new ForwardBuilder()
            .RemoteTcp(":2222", "10.0.0.1:22")
            .RemoteUdp("1.2.3.4:53", ["10.0.0.1:53", "10.0.0.2:53"], new() { Name = "dns" })
            .RemoteTcp(new HostEndPoint("::1", 80), new HostEndPoint("web", 80))
            .Serve("rtcp://:8080/10.0.0.1:80?retry=2&timeout=3s")
            .Serve("rudp://:5353/10.0.0.1:53?ttl=60s")
            .ViaSocks5("gw:1080", new() { MultiplexBind = true, Sessions = 2 })
            .Build();

        Assert.Equal(
            ["rtcp://:2222/10.0.0.1:22", "dns", "rtcp://[::1]:80/web:80", "rtcp://:8080/10.0.0.1:80", "rudp://:5353/10.0.0.1:53"],
            forwarder.Forwards.Select(forward => forward.Name));
        Assert.Equal(
            [ForwardKind.RemoteTcp, ForwardKind.RemoteUdp, ForwardKind.RemoteTcp, ForwardKind.RemoteTcp, ForwardKind.RemoteUdp],
            forwarder.Forwards.Select(forward => forward.Kind));
        Assert.All(forwarder.Forwards, forward => Assert.Equal(ForwardState.Created, forward.State));
    }

    [Fact]
    public void Verbs_OptionsAreChangedLater_TakeNoNotice()
    {
        var tcp = new RemoteTcpOptions();
        var udp = new RemoteUdpOptions();
        var server = new ProxyServerOptions { AllowAnonymous = true };
        var http = new HttpProxyServerOptions { AllowAnonymous = true };
        var proxy = new Socks5ProxyOptions { Tls = new(), RequireTls = true };
        ForwardBuilder builder = new ForwardBuilder()
            .RemoteTcp(":1", "a:1", tcp)
            .RemoteUdp(":1", "a:1", udp)
            .ServeSocks5(":2", server)
            .ServeSocks4(":3", server)
            .ServeHttp(":4", http)
            .ServeAuto(":5", http)
            .ViaSocks5("p:1", proxy);
        tcp.Attempts = udp.Attempts = server.Attempts = http.Attempts = proxy.Sessions = 0;
        tcp.Selection.MaxFails = udp.Selection.MaxFails = 0;
        server.AllowAnonymous = http.AllowAnonymous = false;
        http.ProbeResistance = "oops";
        proxy.Tls!.Pins = ["oops"];
        proxy.Tls = null;

        builder.Build();
    }

    [Fact]
    public void Build_PinsThatAreNone_AreNamed()
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .LocalTcp(":1", "a:1").ViaSocks5("p:1", new() { Tls = new() { Pins = ["oops"] } }).Build());

        Assert.StartsWith("socks5://p:1: ", Assert.Single(e.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Socks5OptionsOutOfRange_NamesEach()
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .LocalTcp(":1", "a:1")
            .ViaSocks5("p:1", new() { Sessions = 0, HeartbeatInterval = TimeSpan.Zero, RequireTls = true })
            .Build());

        Assert.Contains("socks5://p:1: Sessions is 0; write 1 or more", e.Failures);
        Assert.Contains("socks5://p:1: HeartbeatInterval is 00:00:00; write one second or more, up to 49 days", e.Failures);
        Assert.Contains(e.Failures, failure => failure.StartsWith("socks5://p:1: RequireTls is set without Tls", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("socks5://me:right@front:1")]
    [InlineData("http://me:right@front:1")]
    [InlineData("front:1?retry=1")]
    public async Task Serve_UrlWithARetry_IsObeyedAndTheDefaultHoldsElsewhere(string via)
    {
        await using var scene = new ForwardScene();
        bool hasRetry = via.Contains("retry", StringComparison.Ordinal);
        scene.Builder.UseDefaultAttempts(3).Serve($"auto://me:right@front:1{(hasRetry ? "?retry=1" : "")}");
        await scene.Forwarder.StartAsync().OrFail();
        string node = hasRetry ? "http://me:right@front:1" : via;

        await Assert.ThrowsAsync<ForwardException>(() => new ForwardBuilder().UseNetwork(scene.Network)
            .UseTimeProvider(new ManualTimeProvider()).Via(node).BuildDialer().DialAsync(Target).OrFail());

        Assert.Equal(ConnectionEnd.DialFailed, (await scene.NextClosedAsync()).End);
        Assert.Equal(hasRetry ? 1 : 3, scene.TargetDials.Count(dial => dial == Target));
    }

    [Theory]
    [InlineData("", "me:right@")]
    [InlineData("me:ignored@", "me:right@")]
    public async Task Serve_UrlWithSecrets_LetsTheUsersOfTheFileIn(string inUrl, string login)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "me right\nyou too\n");
            await using var scene = new ForwardScene();
            await using IListener target = await scene.ListenAsync("a");
            scene.Builder.Serve($"socks5://{inUrl}front:1?secrets={Uri.EscapeDataString(file)}");
            await scene.Forwarder.StartAsync().OrFail();

            await using IConnection client = await scene.DialAsync("socks5", Target, login);
            ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("socks5", Target, "me:ignored@"));

            Assert.Equal(ForwardError.AuthenticationFailed, e.Error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Serve_UrlWithWhitelist_IsKeptTo()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        scene.Builder.Serve("http://me:right@front:1?whitelist=tcp:a:1+rtcp:*:1000-2000&blacklist=tcp:b:*");
        await scene.Forwarder.StartAsync().OrFail();

        await using IConnection client = await scene.DialAsync("http", Target, "me:right@");
        await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("http", new("a", 2), "me:right@"));

        Assert.Equal([Target], scene.TargetDials);
    }

    [Fact]
    public async Task Serve_UrlWithKnockAndProbeResist_HidesFromStrangers()
    {
        await using var scene = new ForwardScene();
        scene.Builder.Serve("http://me:right@front:1?knock=open.example&probe_resist=code:404");
        await scene.Forwarder.StartAsync().OrFail();

        Assert.StartsWith("HTTP/1.1 404 ", await AskAsync(scene, "other.example"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 407 ", await AskAsync(scene, "open.example"), StringComparison.Ordinal);
    }

    /// <summary>Basic has no such limit, and an HTTP proxy is asked for nothing that SOCKS5 would have to carry.</summary>
    [Fact]
    public void Build_LoginTooLongForSocks5_IsGoodForHttp()
    {
        foreach (string scheme in new[] { "http://", "" })
        {
            new ForwardBuilder().LocalTcp(":1", "a:1").Via($"{scheme}me:{LongPassword}@p:1").Build();
        }
    }

    [Fact]
    public void Build_LoginTooLongForSocks5_LeavesAnAutomaticNodeThatCannotListen()
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .RemoteTcp(":1", "a:1").LocalUdp(":2", "a:1").Via($"me:{LongPassword}@p:1").Build());

        Assert.Equal(2, e.Failures.Count());
        Assert.Contains("which cannot listen for connections", e.Failures.First(), StringComparison.Ordinal);
        Assert.DoesNotContain(LongPassword, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Via_LoginTooLongForSocks5_ReachesAnHttpProxy()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        scene.Builder.ServeHttp("front:1", new() { Authenticator = Authenticators.Users(new NetworkCredential("me", LongPassword)) });
        await scene.Forwarder.StartAsync().OrFail();

        await using IConnection client = await scene.DialAsync("auto", Target, $"me:{LongPassword}@");

        Assert.NotNull(await target.AcceptAsync().OrFail());
    }

    [Theory]
    [InlineData("socks5://p:1?notls=true&secure=true", false)]
    [InlineData("socks5://p:1?notls=true", true)]
    [InlineData("socks5://p:1?secure=true", true)]
    [InlineData("socks5://p:1?secure=false", true)]
    [InlineData("socks5://p:1?mbind=true&sessions=2", true)]
    [InlineData("p:1?mbind=true&sessions=2&notls=1", true)]
    public void Via_Socks5Url_IsTakenUnlessItContradictsItself(string url, bool isTaken)
    {
        ForwardBuilder builder = new ForwardBuilder().RemoteTcp(":1", "a:1").Via(url);

        Assert.Equal(isTaken, Record.Exception(builder.Build) is null);
    }

    [Theory]
    [InlineData("", new byte[] { 5, 1, 0 })]
    [InlineData("?notls=true", new byte[] { 5, 1, 0 })]
    [InlineData("?secure=false", new byte[] { 5, 3, 0, 2, 0x80 })]
    [InlineData("?secure=true", new byte[] { 5, 1, 0x80 })]
    public async Task Via_Socks5Url_OffersTlsAsItSays(string query, byte[] greeting)
    {
        var network = new InMemoryNetwork();
        await using IListener proxy = await network.ListenAsync(ForwardScene.At("p"));
        Task<IConnection> dialing = new ForwardBuilder().UseNetwork(network).UseTimeProvider(new ManualTimeProvider())
            .Via($"socks5://p:1{query}").BuildDialer().DialAsync(Target).AsTask();

        await using IConnection accepted = (await proxy.AcceptAsync().OrFail())!;

        Assert.Equal(greeting, await accepted.ReadAsync(greeting.Length).OrFail());
        accepted.Abort();
        await Assert.ThrowsAsync<ForwardException>(() => dialing.OrFail());
    }

    /// <summary>Each member of a peer file has the options of its own URL.</summary>
    [Fact]
    public async Task Via_PeerFileWithSocks5Nodes_GivesEachItsOwnLoginAndOptions()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "peer socks5://you:two@q:1?secure=false\n");
            var network = new InMemoryNetwork();
            await using IListener p = await network.ListenAsync(ForwardScene.At("p"));
            await using IListener q = await network.ListenAsync(ForwardScene.At("q"));
            IDialer dialer = new ForwardBuilder().UseNetwork(network).UseTimeProvider(new ManualTimeProvider())
                .Via($"socks5://me:one@p:1?peer={Uri.EscapeDataString(file)}").BuildDialer();

            await AssertGreetsAsync(dialer, p, [5, 2, 0, 2], [1, 2, .. "me"u8, 3, .. "one"u8]);
            await AssertGreetsAsync(dialer, q, [5, 3, 0, 2, 0x80], [1, 3, .. "you"u8, 3, .. "two"u8]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>SOCKS4 wants an address, which the network finds that everything stands on.</summary>
    [Fact]
    public async Task ViaSocks4_AName_IsResolvedByTheNetwork()
    {
        await using var scene = new ForwardScene();
        await using IListener known = await scene.Network.ListenAsync(Target);
        await scene.StartProxyAsync("socks4");
        var address = new HostEndPoint($"{scene.Network.Resolve("a")}", 1);
        await using IListener target = await scene.Network.ListenAsync(address);

        await using IConnection client = await scene.DialAsync("socks4", Target);

        Assert.NotNull(await target.AcceptAsync().OrFail());
        Assert.Equal([address], scene.TargetDials);
        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("socks4", new("unknown", 1)));
        Assert.Equal((ForwardError.NameNotResolved, true), (e.Error, e.IsTargetFault));
    }

    private static async Task<string> AskAsync(ForwardScene scene, string host)
    {
        await using InMemoryConnection client = await scene.ConnectAsync();
        await client.SendAndEndAsync(System.Text.Encoding.ASCII.GetBytes($"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n")).OrFail();
        return System.Text.Encoding.ASCII.GetString(await client.ReadToEndAsync().OrFail());
    }

    private static async Task AssertGreetsAsync(IDialer dialer, IListener proxy, byte[] greeting, byte[] login)
    {
        Task<IConnection> dialing = dialer.DialAsync(Target).AsTask();
        await using IConnection accepted = (await proxy.AcceptAsync().OrFail())!;
        Assert.Equal(greeting, await accepted.ReadAsync(greeting.Length).OrFail());
        await accepted.Stream.WriteAsync(new byte[] { 5, 2 });
        Assert.Equal(login, await accepted.ReadAsync(login.Length).OrFail());
        accepted.Abort();
        await Assert.ThrowsAsync<ForwardException>(() => dialing.OrFail());
    }
}
