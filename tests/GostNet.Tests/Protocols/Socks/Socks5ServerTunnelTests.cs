using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

public sealed class Socks5ServerTunnelTests
{
    private const string Tunnel = "05 f3 00 01 00000000 4e56";
    private const string Bound = "05 00 00 01 7f000001 4e56";
    private const string ToPeer = "7f000001 9c75";

    private static readonly IPEndPoint Port = new(IPAddress.Loopback, 0x4e56);
    private static readonly HostEndPoint PeerAddress = new("127.0.0.1", 0x9c75);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Socks5Server _server = new(_ => new FakeMultiplexSession());
    private readonly InMemoryProxyHost _host;
    private readonly byte[] _buffer = new byte[65535];

    public Socks5ServerTunnelTests() => _host = new(_network) { Time = _time };

    [Theory]
    [InlineData("127.0.0.1", "01 7f000001")]
    [InlineData("192.0.2.7", "01 c0000207")]
    [InlineData("2001:db8::7", "04 20010db8000000000000000000000007")]
    [InlineData("dns.example", "03 0b 646e732e6578616d706c65")]
    public async Task Frame_ToEachKindOfAddress_GoesThereAndTheAnswerComesBack(string host, string address)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(new(host, 53));
        await using ServedClient client = await TunnelAsync();
        SocketAddress source = peer.CreateAddress();

        await client.SendAsync($"0003 00 {address} 0035 616263");
        Assert.Equal(3, await peer.ReceiveFromAsync(_buffer, source).OrFail());
        Assert.Equal("abc"u8.ToArray(), _buffer[..3]);
        Assert.Equal(Port, peer.GetEndPoint(source));
        await peer.SendToAsync(new byte[] { 1, 2 }, source);

        string from = host == "dns.example" ? $"01 {Convert.ToHexString(_network.Resolve(host).GetAddressBytes())}" : address;
        await client.ExpectAsync($"0002 00 {from} 0035 0102");
        await _host.CountedAsync(fromClient: 3, toClient: 2);
    }

    [Theory]
    [InlineData("00000000", "0000", "")]
    [InlineData("00000000", "4e56", "")]
    [InlineData("7f000001", "4e56", "127.0.0.1")]
    public async Task Tunnel_OfAnAddress_ListensThere(string address, string port, string host)
    {
        await using ServedClient client = await GreetedAsync();

        await client.AskAsync($"05 f3 00 01 {address} {port}", "05 00 00 01 7f000001");

        Assert.Equal([new HostEndPoint(host, Convert.ToInt32(port, 16))], _host.Listened);
        Assert.Equal(port == "0000", !(await client.ReceiveAsync(2)).SequenceEqual(Convert.FromHexString(port)));
    }

    [Fact]
    public async Task Tunnel_OfABusyPort_IsRefused()
    {
        await using IDatagramListener busy = await _network.ListenDatagramsAsync(new("", 0x4e56));
        await using ServedClient client = await GreetedAsync();

        await client.AskAsync(Tunnel, "05 01 00 01 00000000 0000");

        await client.ExpectRefusalAsync(ForwardError.LocalResources);
    }

    [Fact]
    public async Task Tunnel_ClientGoes_FreesThePort()
    {
        await using ServedClient client = await TunnelAsync();

        await client.Connection.DisposeAsync();

        await client.Serving.OrFail();
        await using IDatagramListener again = await _network.ListenDatagramsAsync(new("", 0x4e56));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0001")]
    [InlineData("0001 00 01 7f0000")]
    [InlineData("0001 00 01 7f000001 9c75")]
    [InlineData("0003 00 01 7f000001 9c75 6162")]
    [InlineData("0000 00 03 09 6c6f63616c")]
    public async Task Frame_CutOff_EndsTheTunnelAndDeliversNothingOfIt(string partial)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync();

        await client.SendAsync($"0001 00 01 {ToPeer} 61 {partial}");
        await client.Connection.CompleteWritesAsync();

        await Task.WhenAny(client.Serving).OrFail();
        Assert.Equal(
            partial.Length > 0 ? ForwardError.ConnectionClosed : null,
            (client.Serving.Exception?.InnerException as ForwardException)?.Error);
        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
        Assert.Equal(1, _host.BytesFromClient);
    }

    [Theory]
    [InlineData("0001 00 02 7f000001 9c75 61")]
    [InlineData("0000 00 00")]
    public async Task Frame_OfAnUnknownAddressType_EndsTheTunnel(string frame)
    {
        await using ServedClient client = await TunnelAsync();

        await client.SendAsync(frame);

        await client.ExpectCloseAsync(ForwardError.ProtocolError);
    }

    [Fact]
    public async Task Frame_WithAnyFrag_IsTaken()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync();

        await client.SendAsync($"0001 ff 01 {ToPeer} 61");

        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Fact]
    public async Task Frame_OfLengthZero_IsAnEmptyDatagram()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync();

        await client.SendAsync($"0000 00 01 {ToPeer} 0001 00 01 {ToPeer} 61");

        Assert.Equal(0, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Theory]
    [InlineData("0002 00 01 7f000001 0000 6162")] // port 0
    [InlineData("0002 00 03 07 6e6f7768657265 0035 6162")] // does not resolve
    [InlineData("0002 00 03 00 0035 6162")] // no name
    [InlineData("0002 00 03 03 610062 0035 6162")]
    [InlineData("0002 00 01 c6336401 0035 6162")] // forbidden
    public async Task Frame_ThatCannotGo_IsDroppedAndCountedAndTheTunnelLives(string frame)
    {
        InMemoryProxyHost host = new(_network) { IsForbidden = target => target.Host == "198.51.100.1" };
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync(host);

        await client.SendAsync($"{frame} {frame} 0001 00 01 {ToPeer} 61");

        Assert.Equal(2, (await host.DropAsync()).Size);
        Assert.Equal(2, (await host.DropAsync()).Size);
        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Theory]
    [InlineData(8192, true)]
    [InlineData(65_507, true)]
    [InlineData(65_508, false)]
    [InlineData(65_535, false)]
    public async Task Frame_OfASize_GoesWholeOrNotAtAll(int size, bool goes)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync();
        byte[] datagram = new byte[size];
        new Random(size).NextBytes(datagram);

        await client.SendAsync([(byte)(size >> 8), (byte)size, 0, 1, .. ScriptedPeer.Hex(ToPeer), .. datagram]);
        await client.SendAsync($"0001 00 01 {ToPeer} 61");

        if (goes)
        {
            Assert.Equal(size, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
            Assert.Equal(datagram, _buffer[..size]);
        }
        else
        {
            Assert.Equal(size, (await _host.DropAsync()).Size);
        }

        Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
    }

    [Fact]
    public async Task Frames_InManyPieces_AreAllRead()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync();
        Random random = new(7);
        byte[] all = [.. Enumerable.Range(0, 300).SelectMany(
            i => (byte[])[0, (byte)(i % 50), 0, 1, .. ScriptedPeer.Hex(ToPeer), .. Enumerable.Repeat((byte)i, i % 50)])];

        for (int sent = 0; sent < all.Length;)
        {
            int count = Math.Min(random.Next(1, 90), all.Length - sent);
            await client.SendAsync(all[sent..(sent + count)]);
            sent += count;
        }

        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(i % 50, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
            Assert.All(_buffer[..(i % 50)], b => Assert.Equal((byte)i, b));
        }
    }

    [Theory]
    [InlineData(8192, 8192, true)]
    [InlineData(8193, 8192, false)]
    [InlineData(65_507, 65_507, true)]
    public async Task Datagram_OfASize_ReachesTheClientWholeOrNotAtAll(int size, int limit, bool goes)
    {
        Socks5Server server = new(_ => new FakeMultiplexSession(), options: new() { MaxTunnelDatagramSize = limit });
        await using ServedClient client = new(server, _host);
        await client.AskAsync("05 01 00", "05 00");
        await client.AskAsync(Tunnel, Bound);
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        byte[] datagram = new byte[size];
        new Random(size).NextBytes(datagram);

        await peer.SendToAsync(datagram, peer.GetAddress(Port));
        await peer.SendToAsync(new byte[] { 7 }, peer.GetAddress(Port));

        if (goes)
        {
            Assert.Equal([(byte)(size >> 8), (byte)size, 0, 1, .. ScriptedPeer.Hex(ToPeer)], await client.ReceiveAsync(10));
            Assert.Equal(datagram, await client.ReceiveAsync(size));
        }
        else
        {
            Assert.Equal(size, (await _host.DropAsync()).Size);
        }

        await client.ExpectAsync($"0001 00 01 {ToPeer} 07");
    }

    [Fact]
    public async Task Datagram_Empty_NeverReachesTheClient()
    {
        await using ServedClient client = await TunnelAsync();
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);

        await peer.SendToAsync(default, peer.GetAddress(Port));
        await peer.SendToAsync(new byte[] { 7 }, peer.GetAddress(Port));

        Assert.Equal(0, (await _host.DropAsync()).Size);
        await client.ExpectAsync($"0001 00 01 {ToPeer} 07");
    }

    [Fact]
    public async Task Datagrams_OfSeveralPeersInABurst_AreEachTheirOwn()
    {
        await using ServedClient client = await TunnelAsync();
        await using IDatagramListener one = await _network.ListenDatagramsAsync(new("192.0.2.1", 1));
        await using IDatagramListener two = await _network.ListenDatagramsAsync(new("2001:db8::2", 2));

        for (int i = 0; i < 200; i++)
        {
            IDatagramListener from = i % 3 == 0 ? two : one;
            await from.SendToAsync(new[] { (byte)i }, from.GetAddress(Port));
        }

        for (int i = 0; i < 200; i++)
        {
            await client.ExpectAsync(i % 3 == 0
                ? $"0001 00 04 20010db8000000000000000000000002 0002 {i:x2}"
                : $"0001 00 01 c0000201 0001 {i:x2}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Datagram_ForAGostClient_IsHeldBackUntilTheGraceOrItsFirstFrame(bool clientSpeaks)
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = new(_server, _host);
        await client.AskAsync("05 03 00 02 80", "05 00");
        await client.AskAsync(Tunnel, Bound);
        await peer.SendToAsync(new byte[] { 7 }, peer.GetAddress(Port));
        Task datagram = client.ExpectAsync($"0001 00 01 {ToPeer} 07");
        await _time.WaitForTimersAsync(1).OrFail();
        Assert.False(datagram.IsCompleted);

        if (clientSpeaks)
        {
            await client.SendAsync($"0001 00 01 {ToPeer} 61");
        }
        else
        {
            _time.Advance(TimeSpan.FromMilliseconds(30));
        }

        await datagram.OrFail();
    }

    [Fact]
    public async Task Resolving_OfASlowName_HoldsNobodyElseUp()
    {
        TaskCompletionSource<IPEndPoint> answer = new();
        InMemoryProxyHost host = new(_network)
        {
            Resolving = (target, _) => target.Host == "slow" ? new(answer.Task) : new(new IPEndPoint(IPAddress.Loopback, target.Port)),
        };
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync(host);
        string slow = string.Concat(
            Enumerable.Range(0, Socks5DatagramTarget.MaxWaiting + 2).Select(i => $"0001 00 03 04 736c6f77 9c75 {i:x2}"));

        await client.SendAsync($"{slow} 0002 00 01 {ToPeer} 6162");

        Assert.Equal(2, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
        await host.DropAsync(); // two are too many to wait
        await host.DropAsync();
        answer.SetResult(new IPEndPoint(IPAddress.Loopback, 0x9c75));
        for (int i = 0; i < Socks5DatagramTarget.MaxWaiting; i++)
        {
            Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
            Assert.Equal(i, _buffer[0]);
        }

        Assert.False(host.HasDropped);
    }

    [Fact]
    public async Task Resolving_OfTooManyNamesAtOnce_DropsAndGoesOn()
    {
        InMemoryProxyHost host = new(_network)
        {
            Resolving = async (_, token) => await new TaskCompletionSource<IPEndPoint>().Task.WaitAsync(token),
        };
        await using ServedClient client = await TunnelAsync(host);

        for (int i = 0; i <= Socks5DatagramSender.MaxResolving; i++)
        {
            await client.SendAsync($"0001 00 03 02 61{0x61 + i:x2} 9c75 61");
        }

        Assert.Equal(1, (await host.DropAsync()).Size);
        await client.Connection.DisposeAsync();
        await client.Serving.OrFail(); // does not wait for answers that do not come
    }

    [Fact]
    public async Task Resolving_IsDoneAgainAfterAWhile()
    {
        int asked = 0;
        bool known = true;
        InMemoryProxyHost host = new(_network)
        {
            Time = _time,
            Resolving = (target, _) =>
            {
                asked++;
                return known
                    ? new(new IPEndPoint(IPAddress.Loopback, target.Port))
                    : throw new ForwardException(ForwardError.NameNotResolved, "There is no such name.");
            },
        };
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        await using ServedClient client = await TunnelAsync(host);
        await SendAsync(arrives: true);
        await SendAsync(arrives: true);
        Assert.Equal(1, asked);

        _time.Advance(Socks5DatagramTarget.Lifetime);
        known = false;
        await SendAsync(arrives: false);
        await SendAsync(arrives: false);
        Assert.Equal(2, asked);

        _time.Advance(Socks5DatagramTarget.ProblemLifetime);
        known = true;
        await SendAsync(arrives: true);
        Assert.Equal(3, asked);

        async Task SendAsync(bool arrives)
        {
            await client.SendAsync("0001 00 03 04 6e616d65 9c75 61");
            Assert.Equal(1, arrives ? await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail() : (await host.DropAsync()).Size);
        }
    }

    [Fact]
    public async Task Targets_MoreThanAreRemembered_AreAllReached()
    {
        await using IDatagramListener peer = await _network.ListenDatagramsAsync(PeerAddress);
        int asked = 0;
        InMemoryProxyHost host = new(_network)
        {
            Resolving = (_, _) =>
            {
                asked++;
                return new((IPEndPoint)peer.LocalEndPoint);
            },
        };
        await using ServedClient client = await TunnelAsync(host);

        for (int i = 1; i <= Socks5DatagramSender.MaxKnown + 10; i++)
        {
            await client.SendAsync($"0001 00 01 0a000001 {i:x4} 61");
            Assert.Equal(1, await peer.ReceiveFromAsync(_buffer, peer.CreateAddress()).OrFail());
        }

        Assert.Equal(Socks5DatagramSender.MaxKnown + 10, asked);
    }

    private async Task<ServedClient> GreetedAsync(InMemoryProxyHost? host = null)
    {
        ServedClient client = new(_server, host ?? _host);
        await client.AskAsync("05 01 00", "05 00");
        return client;
    }

    private async Task<ServedClient> TunnelAsync(InMemoryProxyHost? host = null)
    {
        ServedClient client = await GreetedAsync(host);
        await client.AskAsync(Tunnel, Bound);
        return client;
    }
}
