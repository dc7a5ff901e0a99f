using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

public sealed class Socks5ServerBindTests
{
    private const string BindAny = "05 02 00 01 00000000 4e71";
    private const string Bound = "05 00 00 01 7f000001 4e71";

    private static readonly HostEndPoint Port = new("127.0.0.1", 0x4e71);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Socks5Server _server = new(_ => new FakeMultiplexSession());
    private readonly InMemoryProxyHost _host;

    public Socks5ServerBindTests() => _host = new(_network) { Time = _time };

    [Theory]
    [InlineData("05 02 00 01 00000000 4e71", "")]
    [InlineData("05 02 00 04 00000000000000000000000000000000 4e71", "")]
    [InlineData("05 02 00 01 7f000001 4e71", "127.0.0.1")]
    [InlineData("05 02 00 04 00000000000000000000000000000001 4e71", "::1")]
    [InlineData("05 02 00 03 09 6c6f63616c686f7374 4e71", "localhost")]
    public async Task Bind_OfEachKindOfAddress_ListensThereAndNowhereElse(string request, string host)
    {
        await using ServedClient client = await GreetedAsync();

        await client.AskAsync(request, Bound);

        Assert.Equal([new HostEndPoint(host, 0x4e71)], _host.Listened);
    }

    [Theory]
    [InlineData("127.0.0.1", "05 00 00 01 7f000001")]
    [InlineData("::ffff:192.0.2.9", "05 00 00 01 c0000209")]
    [InlineData("2001:db8::9", "05 00 00 04 20010db8000000000000000000000009")]
    public async Task Bind_ToPortZero_TellsTheServersAddressAndTheRealPort(string serverAddress, string reply)
    {
        await using ServedClient client = new(_server, _host, to: new IPEndPoint(IPAddress.Parse(serverAddress), 1080));
        await client.AskAsync("05 01 00", "05 00");

        await client.AskAsync("05 02 00 01 00000000 0000", reply);

        byte[] port = await client.ReceiveAsync(2);
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", (port[0] << 8) | port[1]));
    }

    [Fact]
    public async Task Bind_PeerComes_IsToldAndRelayedAndThePortIsClosedBefore()
    {
        await using ServedClient client = await BoundAsync();

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await ExpectPeerAsync(client, peer);
        await AssertPortIsFreeAsync();

        await peer.SendAndEndAsync("from peer"u8.ToArray());
        Assert.Equal("from peer"u8.ToArray(), await client.Connection.ReadToEndAsync().OrFail());
        await client.Connection.SendAndEndAsync("from client"u8.ToArray());
        Assert.Equal("from client"u8.ToArray(), await peer.ReadToEndAsync().OrFail());
        await client.Serving.OrFail();
    }

    [Fact]
    public async Task Bind_ClientSendsBeforeThePeerComes_NothingIsLost()
    {
        await using ServedClient client = await BoundAsync();
        byte[] early = new byte[200_000]; // more than is kept: the rest waits
        new Random(1).NextBytes(early);
        Task sending = client.Connection.SendAndEndAsync(early);

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await ExpectPeerAsync(client, peer);

        Assert.Equal(early, await peer.ReadToEndAsync().OrFail());
        await sending.OrFail();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bind_ClientGoesWhileWaiting_ClosesThePort(bool abort)
    {
        await using ServedClient client = await BoundAsync();
        await client.SendAsync("00 01 02");

        if (abort)
        {
            client.Connection.Abort();
        }
        else
        {
            await client.Connection.DisposeAsync();
        }

        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(() => client.Serving.OrFail())).Error);
        await AssertPortIsFreeAsync();
    }

    [Fact]
    public async Task Bind_WaitsForHours_IsNotLimited()
    {
        await using ServedClient client = await BoundAsync();

        _time.Advance(TimeSpan.FromHours(10));

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await ExpectPeerAsync(client, peer);
    }

    [Fact]
    public async Task Bind_OfABusyPort_IsRefused()
    {
        await using IListener busy = await _network.ListenAsync(Port);
        await using ServedClient client = await GreetedAsync();

        await client.AskAsync(BindAny, "05 01 00 01 00000000 0000");

        await client.ExpectRefusalAsync(ForwardError.LocalResources);
    }

    [Theory]
    [InlineData(ForwardError.NameNotResolved, 4)]
    [InlineData(ForwardError.CommandNotSupported, 7)]
    [InlineData(ForwardError.AddressNotSupported, 1)]
    [InlineData(ForwardError.LocalResources, 1)]
    [InlineData(ForwardError.Forbidden, 2)]
    public void ForListening_EachFailure_HasItsCode(ForwardError error, byte code) =>
        Assert.Equal((Socks5ReplyCode)code, Socks5ServerReplies.ForListening(new ForwardException(error, "")));

    [Fact]
    public async Task Bind_AcceptFails_ClosesWithoutASecondReply()
    {
        await using ServedClient client = await BoundAsync();

        _network.FailAccepts(Port);

        await client.ExpectEndAsync();
        await Assert.ThrowsAsync<IOException>(() => client.Serving.OrFail());
    }

    [Fact]
    public async Task Bind_OfAGostClient_HoldsTheSecondReplyAndThePayloadBack()
    {
        await using ServedClient client = new(_server, _host);
        await client.AskAsync("05 03 00 02 80", "05 00");
        await client.AskAsync(BindAny, Bound);
        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await peer.Stream.WriteAsync("banner"u8.ToArray());
        Task second = ExpectPeerAsync(client, peer);
        await _time.WaitForTimersAsync(1).OrFail();
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        await second;

        Task<byte[]> banner = client.ReceiveAsync(6);
        await _time.WaitForTimersAsync(1).OrFail();
        Assert.False(banner.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(30));

        Assert.Equal("banner"u8.ToArray(), await banner);
    }

    [Fact]
    public async Task Bind_InsideOfTls_RelaysInsideOfTls()
    {
        Socks5Server server = new(_ => new FakeMultiplexSession(), TestTls.ServeAsync);
        await using ServedClient client = new(server, _host);
        await client.AskAsync("05 03 00 02 80", "05 80");
        await using IConnection tls = await TestTls.ConnectAsync(client.Connection).OrFail();
        await tls.Stream.WriteAsync(ScriptedPeer.Hex(BindAny));
        Assert.Equal(ScriptedPeer.Hex(Bound), await tls.ReadAsync(10).OrFail());

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await peer.Stream.WriteAsync("banner"u8.ToArray());

        Assert.Equal("banner"u8.ToArray(), (await tls.ReadAsync(16).OrFail())[10..]);
        await tls.DisposeAsync();
    }

    private static Task ExpectPeerAsync(ServedClient client, IConnection peer) =>
        client.ExpectAsync($"05 00 00 01 7f000001 {((IPEndPoint)peer.LocalEndPoint!).Port:x4}");

    private async Task<ServedClient> GreetedAsync()
    {
        ServedClient client = new(_server, _host);
        await client.AskAsync("05 01 00", "05 00");
        return client;
    }

    private async Task<ServedClient> BoundAsync()
    {
        ServedClient client = await GreetedAsync();
        await client.AskAsync(BindAny, Bound);
        return client;
    }

    private async Task AssertPortIsFreeAsync() => await (await _network.ListenAsync(Port)).DisposeAsync();
}
