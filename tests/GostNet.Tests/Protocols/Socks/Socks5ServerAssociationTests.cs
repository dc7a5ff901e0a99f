using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

public sealed class Socks5ServerAssociationTests
{
    private const string Associate = "05 03 00 01 00000000 0000";
    private const string ToPeer = "0000 00 01 c0000207 0035";

    private static readonly HostEndPoint PeerAddress = new("192.0.2.7", 53);

    private readonly InMemoryNetwork _network = new();
    private readonly Socks5Server _server = new(_ => new FakeMultiplexSession());
    private readonly InMemoryProxyHost _host;
    private readonly byte[] _buffer = new byte[65535];

    public Socks5ServerAssociationTests() => _host = new(_network);

    [Theory]
    [InlineData("192.0.2.7", "01 c0000207")]
    [InlineData("2001:db8::7", "04 20010db8000000000000000000000007")]
    [InlineData("dns.example", "03 0b 646e732e6578616d706c65")]
    public async Task Datagram_ToEachKindOfAddress_GoesThereAndTheAnswerComesBack(string host, string address)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(new(host, 53));
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;
        SocketAddress source = peer.CreateAddress();

        await SendAsync(port, relay, $"0000 00 {address} 0035 616263");
        Assert.Equal(3, await peer.ReceiveFromAsync(_buffer, source).OrFail());
        Assert.Equal("abc"u8.ToArray(), _buffer[..3]);
        await peer.SendToAsync(new byte[] { 1, 2 }, source);

        string from = host == "dns.example" ? $"01 {Convert.ToHexString(_network.Resolve(host).GetAddressBytes())}" : address;
        await ExpectAsync(port, $"0000 00 {from} 0035 0102");
        await _host.CountedAsync(fromClient: 3, toClient: 2);
    }

    [Fact]
    public async Task Datagram_Empty_IsCarriedBothWays()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;
        SocketAddress source = peer.CreateAddress();

        await SendAsync(port, relay, ToPeer);
        Assert.Equal(0, await peer.ReceiveFromAsync(_buffer, source).OrFail());
        await peer.SendToAsync(default, source);

        await ExpectAsync(port, ToPeer);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000 00")]
    [InlineData("0000 00 01 7f0000")]
    [InlineData("0000 00 01 c0000207 00")]
    [InlineData("0000 00 03 09 6c6f63")]
    [InlineData("0000 00 02 c0000207 0035 61")] // ATYP
    [InlineData("0000 01 01 c0000207 0035 61")] // FRAG
    [InlineData("0000 80 01 c0000207 0035 61")]
    [InlineData("0001 00 01 c0000207 0035 61")] // RSV
    [InlineData("ffff 00 01 c0000207 0035 61")]
    [InlineData("0000 00 01 c0000207 0000 61")] // port 0
    [InlineData("0000 00 03 00 0035 61")]
    [InlineData("0000 00 03 07 6e6f7768657265 0035 61")]
    public async Task Datagram_Malformed_IsDroppedAndTheAssociationLives(string datagram)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;

        await SendAsync(port, relay, datagram);
        await _host.DropAsync();
        await SendAsync(port, relay, ToPeer + "61");

        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Fact]
    public async Task Datagram_FromAForeignAddress_IsDropped()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using IDatagramListener stranger = await _network.ListenDatagramsAsync(new("192.0.2.66", 45678));
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;

        await SendAsync(stranger, relay, ToPeer + "6161");
        await _host.DropAsync();
        await SendAsync(port, relay, ToPeer + "61");

        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Fact]
    public async Task Datagram_FromAnotherPortOnceTheClientsIsKnown_IsDropped()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using IDatagramListener other = await _network.ListenDatagramsAsync(new("127.0.0.1", 0));
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;

        await SendAsync(other, relay, "0000 ff"); // no good one, so the port is not the client's yet
        await _host.DropAsync();
        await SendAsync(port, relay, ToPeer + "61");
        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
        await SendAsync(other, relay, ToPeer + "6161");
        await _host.DropAsync();
        await SendAsync(port, relay, ToPeer + "616161");

        Assert.Equal(3, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Theory]
    [InlineData(65_497, true)]
    [InlineData(65_498, false)]
    public async Task Datagram_OfASize_ReachesTheClientWholeOrNotAtAll(int size, bool goes)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;
        SocketAddress source = peer.CreateAddress();
        await SendAsync(port, relay, ToPeer + "61");
        await peer.ReceiveFromAsync(_buffer, source).OrFail();

        await peer.SendToAsync(new byte[size], source);
        await peer.SendToAsync(new byte[] { 7 }, source);

        if (goes)
        {
            Assert.Equal(size + 10, await port.ReceiveFromAsync(_buffer, port.CreateAddress()).OrFail());
        }
        else
        {
            Assert.Equal(size, (await _host.DropAsync()).Size);
        }

        await ExpectAsync(port, ToPeer + "07");
    }

    [Fact]
    public async Task Association_BytesOnTheConnection_AreThrownAway()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;

        await client.SendAsync(new byte[200_000]);
        await SendAsync(port, relay, ToPeer + "61");

        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Fact]
    public async Task Association_ConnectionEnds_FreesThePorts()
    {
        (ServedClient client, IDatagramListener port, IPEndPoint relay) = await AssociateAsync();
        await using ServedClient client_ = client;
        await using IDatagramListener port_ = port;

        await client.Connection.DisposeAsync();

        await client.Serving.OrFail();
        await using IDatagramListener again = await _network.ListenDatagramsAsync(relay);
    }

    [Fact]
    public async Task Association_IsAtTheAddressThatTheClientCameTo()
    {
        await using ServedClient client = new(_server, _host, to: new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.9"), 1080));
        await client.AskAsync("05 01 00", "05 00");

        await client.AskAsync("05 03 00 04 00000000000000000000000000000000 1234", "05 00 00 01 c0000209");

        Assert.Equal([new HostEndPoint("192.0.2.9", 0)], _host.Listened);
    }

    [Fact]
    public async Task Association_ThatCannotBeHad_IsRefused()
    {
        _network.FailListens(new("127.0.0.1", 0));
        await using ServedClient client = new(_server, _host);
        await client.AskAsync("05 01 00", "05 00");

        await client.AskAsync(Associate, "05 01 00 01 00000000 0000");

        await client.ExpectRefusalAsync(ForwardError.LocalResources);
    }

    private static async Task SendAsync(IDatagramListener port, IPEndPoint relay, string hex) =>
        await port.SendToAsync(ScriptedPeer.Hex(hex), port.GetAddress(relay));

    private async Task ExpectAsync(IDatagramListener port, string hex)
    {
        int size = await port.ReceiveFromAsync(_buffer, port.CreateAddress()).OrFail();
        Assert.Equal(Convert.ToHexString(ScriptedPeer.Hex(hex)), Convert.ToHexString(_buffer.AsSpan(0, size)));
    }

    /// <summary>A client, its port, and the port at the server that it sends to.</summary>
    private async Task<(ServedClient Client, IDatagramListener Port, IPEndPoint Relay)> AssociateAsync()
    {
        IDatagramListener port = await _network.ListenDatagramsAsync(new("127.0.0.1", 0));
        ServedClient client = new(_server, _host);
        await client.AskAsync("05 01 00", "05 00");
        await client.AskAsync(Associate, "05 00 00 01 7f000001");
        byte[] relay = await client.ReceiveAsync(2);
        return (client, port, new IPEndPoint(IPAddress.Loopback, (relay[0] << 8) | relay[1]));
    }
}
