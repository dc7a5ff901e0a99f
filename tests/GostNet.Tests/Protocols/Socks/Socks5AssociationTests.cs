using System.Net;
using GostNet.Diagnostics;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>UDP ASSOCIATE, for servers that do not know GOST's tunnel.</summary>
public class Socks5AssociationTests
{
    private const string Tunnel = "05 f3 00 01 00000000 0000";
    private const string Associate = "05 03 00 01 00000000 0000";
    private const string Unknown = "05 07 00 01 00000000 0000";
    private const string Associated = "05 00 00 01 0a000001 4e20"; // 10.0.0.1:20000
    private static readonly HostEndPoint Target = new("127.0.0.1", 20053);
    private readonly ScriptedNode _node = new();
    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly byte[] _buffer = new byte[65_535];

    [Theory]
    [InlineData(Unknown)]
    [InlineData("")] // dante
    public async Task ConnectDatagramsAsync_TunnelUnknown_AssociatesAndRemembers(string refusal)
    {
        await using IDatagramListener relay = await _network.ListenDatagramsAsync(new("10.0.0.1", 20000));
        Socks5Connector connector = Create();
        for (int i = 0; i < 2; i++)
        {
            Task<IDatagramSocket> connect = connector.ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
            if (i == 0)
            {
                await RefuseAsync(Tunnel, refusal);
            }

            await _node.NextAsync(Associate, Associated);
            await using IDatagramSocket socket = await connect.OrFail();
            await ExchangeAsync(relay, socket);
        }

        Assert.Single(_log.WithId(LogEventIds.CommandReplaced));
        _time.Advance(Socks5Memory.Span);
        Task<IDatagramSocket> later = connector.ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
        await _node.NextAsync(Tunnel, "05 00 00 01 00000000 0000");
        await later.OrFail();
    }

    [Fact]
    public async Task ConnectDatagramsAsync_NeitherKnown_NamesBothAndAsksAnew()
    {
        Socks5Connector connector = Create();
        for (int i = 0; i < 2; i++)
        {
            Task<IDatagramSocket> connect = connector.ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
            await RefuseAsync(Tunnel, "");
            await RefuseAsync(Associate, Unknown);

            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

            Assert.Equal((ForwardError.CommandNotSupported, "hop1"), (failure.Error, failure.Node));
            Assert.Contains("command F3", failure.Message, StringComparison.Ordinal);
            Assert.Contains("it cannot carry datagrams", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ConnectDatagramsAsync_BehindOtherNodes_DoesNotPassThemBy()
    {
        Socks5Connector connector = new("hop2");
        Task<IDatagramSocket> connect = connector.ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
        await RefuseAsync(Tunnel, Unknown);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

        Assert.Equal((ForwardError.CommandNotSupported, "hop2"), (failure.Error, failure.Node));
        Assert.Contains("past the nodes before it", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, _node.Opens);
    }

    [Theory]
    [InlineData("05 00 00 01 00000000 4e20")]
    [InlineData("05 00 00 04 00000000000000000000000000000000 4e20")]
    public async Task ConnectDatagramsAsync_RelayWithoutAddress_IsAtTheServer(string reply)
    {
        await using IDatagramListener relay = await _network.ListenDatagramsAsync(new("10.0.0.1", 20000));

        await using IDatagramSocket socket = (await AssociateAsync(reply)).Socket;

        await ExchangeAsync(relay, socket);
    }

    [Fact]
    public async Task ConnectDatagramsAsync_NoRelayTold_Fails()
    {
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => AssociateAsync("05 00 00 01 0a000001 0000"));

        Assert.Equal((ForwardError.ProtocolError, "hop1"), (failure.Error, failure.Node));
    }

    [Theory]
    [InlineData("0000 00 01 7f00")] // short
    [InlineData("0000 00 02 7f000001 4e55 01")] // address type
    [InlineData("0000 01 01 7f000001 4e55 01")] // a fragment
    [InlineData("0001 00 01 7f000001 4e55 01")] // reserved
    [InlineData("0000 00 01 7f000002 4e55 01")] // a stranger
    [InlineData("")]
    public async Task ReceiveAsync_OddDatagram_IsDropped(string hex)
    {
        await using IDatagramListener relay = await _network.ListenDatagramsAsync(new("10.0.0.1", 20000));
        await using IDatagramSocket socket = (await AssociateAsync(Associated)).Socket;
        await socket.SendAsync(new byte[1]).OrFail();
        SocketAddress client = relay.CreateAddress();
        await relay.ReceiveFromAsync(_buffer, client).OrFail();

        await relay.SendToAsync(ScriptedPeer.Hex(hex), client).OrFail();
        await relay.SendToAsync(ScriptedPeer.Hex("0000 00 01 7f000001 4e55 0707"), client).OrFail();

        Assert.Equal(2, await socket.ReceiveAsync(_buffer).OrFail());
    }

    [Fact]
    public async Task ReceiveAsync_ControlConnectionEnds_Throws()
    {
        await using IDatagramListener relay = await _network.ListenDatagramsAsync(new("10.0.0.1", 20000));
        (IDatagramSocket socket, ScriptedControl control) = await AssociateAsync(Associated);
        Task<int> receive = socket.ReceiveAsync(_buffer).AsTask();

        await control.SendAsync("00"); // means nothing
        await control.Far.CompleteWritesAsync();

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => receive.OrFail());
        Assert.Equal((ForwardError.ConnectionClosed, "hop1"), (failure.Error, failure.Node));
        await socket.DisposeAsync().OrFail();
    }

    [Fact]
    public async Task DisposeAsync_Waiting_EndsTheAssociation()
    {
        await using IDatagramListener relay = await _network.ListenDatagramsAsync(new("10.0.0.1", 20000));
        (IDatagramSocket socket, ScriptedControl control) = await AssociateAsync(Associated);
        Task<int> receive = socket.ReceiveAsync(_buffer).AsTask();

        await socket.DisposeAsync().OrFail();
        await socket.DisposeAsync().OrFail();

        Assert.Equal(-1, await receive.OrFail());
        await control.ExpectEndAsync();
    }

    private async Task ExchangeAsync(IDatagramListener relay, IDatagramSocket socket)
    {
        foreach (string payload in (string[])["41", ""])
        {
            await socket.SendAsync(ScriptedPeer.Hex(payload)).OrFail();
            SocketAddress client = relay.CreateAddress();
            int size = await relay.ReceiveFromAsync(_buffer, client).OrFail();
            Assert.Equal("000000017F0000014E55" + payload, Convert.ToHexString(_buffer[..size]));
            await relay.SendToAsync(_buffer.AsMemory(0, size), client).OrFail();
            Assert.Equal(payload.Length / 2, await socket.ReceiveAsync(_buffer).OrFail());
        }
    }

    private async Task<(IDatagramSocket Socket, ScriptedControl Control)> AssociateAsync(string reply)
    {
        Task<IDatagramSocket> connect = Create().ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
        await RefuseAsync(Tunnel, Unknown);
        ScriptedControl control = await _node.NextAsync(Associate, reply);
        return (await connect.OrFail(), control);
    }

    private async Task RefuseAsync(string request, string reply)
    {
        ScriptedControl control = await _node.NextAsync(request, reply);
        if (reply.Length == 0)
        {
            await control.Far.CompleteWritesAsync();
        }
    }

    private Socks5Connector Create() => new("hop1", settings: new()
    {
        DatagramDialer = _network.DatagramDialer,
        Time = _time,
        Logger = _log.CreateLogger("x"),
    });
}
