using System.Security.Cryptography;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

public sealed class Socks5ServerMuxBindTests
{
    private const string MuxBind = "05 f2 00 01 00000000 4e71";
    private const string Bound = "05 00 00 01 7f000001 4e71";

    private static readonly HostEndPoint Port = new("127.0.0.1", 0x4e71);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FakeMultiplexSession _session = new();
    private readonly InMemoryProxyHost _host;
    private readonly Socks5Server _server;
    private IConnection? _carrier;

    public Socks5ServerMuxBindTests()
    {
        _host = new(_network) { Time = _time };
        _server = new(carrier =>
        {
            _carrier = carrier;
            return _session;
        });
    }

    [Fact]
    public async Task MuxBind_ManyPeersAtOnce_EachHasItsOwnConnection()
    {
        const int Peers = 200;
        await using ServedClient client = await BoundAsync();
        Task serving = ServeStreamsAsync(Peers);

        await Task.WhenAll(Enumerable.Range(0, Peers).Select(async i =>
        {
            byte[] question = new byte[50_000 + i];
            new Random(i).NextBytes(question);
            await using IConnection peer = await _network.Dialer.DialAsync(Port);
            Task sending = peer.SendAndEndAsync(question);
            Assert.Equal(SHA256.HashData(question), await peer.ReadToEndAsync());
            await sending;
        })).OrFail();

        await serving.OrFail();
        Assert.Same(client.Far, _carrier);
        await client.DisposeAsync();
        Assert.Equal(0, _host.Relays);

        async Task ServeStreamsAsync(int count)
        {
            List<Task> answers = [];
            for (int i = 0; i < count; i++)
            {
                answers.Add(AnswerAsync((await _session.NextAsync())!));
            }

            await Task.WhenAll(answers);
        }

        static async Task AnswerAsync(IConnection stream)
        {
            await using IConnection stream_ = stream;
            await stream.SendAndEndAsync(SHA256.HashData(await stream.ReadToEndAsync()));
        }
    }

    [Fact]
    public async Task MuxBind_OnePeerIsNotRead_TheOthersAreServed()
    {
        await using ServedClient client = await BoundAsync();
        await using IConnection stalled = await _network.Dialer.DialAsync(Port);
        await using IConnection? unread = await _session.NextAsync().OrFail();
        Task writing = stalled.Stream.WriteAsync(new byte[1 << 20]).AsTask();

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await using IConnection? stream = await _session.NextAsync().OrFail();
        await peer.SendAndEndAsync("hello"u8.ToArray());

        Assert.Equal("hello"u8.ToArray(), await stream!.ReadToEndAsync().OrFail());
        Assert.False(writing.IsCompleted);
        unread!.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.OrFail());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MuxBind_SessionEnds_ClosesThePortAndThePeers(bool broken)
    {
        await using ServedClient client = await BoundAsync();
        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await using IConnection? stream = await _session.NextAsync().OrFail();

        _session.End(broken ? new IOException("Nothing was heard.") : null);

        await Assert.ThrowsAnyAsync<IOException>(() => peer.ReadToEndAsync().OrFail());
        if (broken)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Serving.OrFail());
            Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
        }
        else
        {
            await client.Serving.OrFail();
        }

        Assert.Equal(0, _host.Relays);
        Assert.True(_session.IsDisposed);
        await using IListener again = await _network.ListenAsync(Port);
    }

    [Fact]
    public async Task MuxBind_ClientOpensAConnection_IsClosed()
    {
        await using ServedClient client = await BoundAsync();

        InMemoryConnection opened = _session.Offer();

        await Assert.ThrowsAsync<IOException>(() => opened.ReadToEndAsync().OrFail());
        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await using IConnection? stream = await _session.NextAsync().OrFail();
        Assert.NotNull(stream);
    }

    [Fact]
    public async Task MuxBind_SessionIsFull_SendsThatPeerOff()
    {
        await using ServedClient client = await BoundAsync();
        _session.Failures = 1;

        await using IConnection sentOff = await _network.Dialer.DialAsync(Port);
        await Assert.ThrowsAsync<IOException>(() => sentOff.ReadToEndAsync().OrFail());

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await using IConnection? stream = await _session.NextAsync().OrFail();
        Assert.NotNull(stream);
    }

    [Fact]
    public async Task MuxBind_AcceptFailsForAWhile_GoesOn()
    {
        await using ServedClient client = await BoundAsync();
        _network.FailAccepts(Port, times: 2);
        for (int i = 0; i < 2; i++)
        {
            await _time.WaitForTimersAsync(1).OrFail();
            _time.Advance(TimeSpan.FromMilliseconds(10 << i)); // no more, or the next pause is over as well
        }

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await using IConnection? stream = await _session.NextAsync().OrFail();
        Assert.NotNull(stream);
    }

    [Fact]
    public async Task MuxBind_AcceptGoesOnFailing_Ends()
    {
        await using ServedClient client = await BoundAsync();
        _network.FailAccepts(Port, times: 9);
        for (int i = 0; i < 8; i++)
        {
            await _time.WaitForTimersAsync(1).OrFail();
            _time.Advance(TimeSpan.FromMilliseconds(10 << i));
        }

        await Assert.ThrowsAsync<IOException>(() => client.Serving.OrFail());
        Assert.True(_session.IsDisposed);
    }

    [Fact]
    public async Task MuxBind_OfABusyPort_IsRefused()
    {
        await using IListener busy = await _network.ListenAsync(Port);
        await using ServedClient client = new(_server, _host);
        await client.AskAsync("05 01 00", "05 00");

        await client.AskAsync(MuxBind, "05 01 00 01 00000000 0000");

        await client.ExpectRefusalAsync(ForwardError.LocalResources);
        Assert.Null(_carrier);
    }

    [Fact]
    public async Task MuxBind_OfAGostClient_BeginsTheSessionAfterTheGrace()
    {
        await using ServedClient client = new(_server, _host);
        await client.AskAsync("05 03 00 02 80", "05 00");
        await client.AskAsync(MuxBind, Bound);
        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await _time.WaitForTimersAsync(1).OrFail();
        Assert.Null(_carrier);

        _time.Advance(TimeSpan.FromMilliseconds(30));

        await using IConnection? stream = await _session.NextAsync().OrFail();
        Assert.NotNull(stream);
    }

    [Fact]
    public async Task MuxBind_InsideOfTls_CarriesTheSessionInside()
    {
        Socks5Server server = new(
            carrier =>
            {
                _carrier = carrier;
                return _session;
            },
            TestTls.ServeAsync);
        await using ServedClient client = new(server, _host);
        await client.AskAsync("05 03 00 02 80", "05 80");
        await using IConnection tls = await TestTls.ConnectAsync(client.Connection).OrFail();
        await tls.Stream.WriteAsync(ScriptedPeer.Hex(MuxBind));
        Assert.Equal(ScriptedPeer.Hex(Bound), await tls.ReadAsync(10).OrFail());

        await using IConnection peer = await _network.Dialer.DialAsync(Port);
        await using IConnection? stream = await _session.NextAsync().OrFail();

        Assert.IsType<TestTls>(_carrier);
        _session.End();
        await client.Serving.OrFail();
    }

    private async Task<ServedClient> BoundAsync()
    {
        ServedClient client = new(_server, _host);
        await client.AskAsync("05 01 00", "05 00");
        await client.AskAsync(MuxBind, Bound);
        return client;
    }
}
