using System.Net;
using GostNet.Diagnostics;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>GOST's UDP tunnel, for one target and as a listener.</summary>
public class Socks5TunnelTests
{
    private const string Open = "05 f3 00 01 00000000 0000";
    private const string Listen = "05 f3 00 01 00000000 4e56"; // 0.0.0.0:20054
    private const string Opened = "05 00 00 01 7f000001 a027";
    private const string Listening = "05 00 00 01 7f000001 4e56";
    private static readonly HostEndPoint Target = new("127.0.0.1", 20053);
    private readonly ScriptedNode _node = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly byte[] _buffer = new byte[65_535];

    [Fact]
    public async Task Socket_Datagrams_AreFrames()
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);

        await socket.SendAsync("query 1"u8.ToArray()).OrFail();
        await node.ExpectAsync("0007 00 01 7f000001 4e55 71756572792031");
        await node.SendAsync("0008 00 01 7f000001 4e55 616e737765722031 0001 ff 01 7f000001 4e55 42");

        await socket.WaitToReceiveAsync().OrFail();
        Assert.Equal(8, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal("answer 1"u8.ToArray(), _buffer[..8]);
        await socket.WaitToReceiveAsync().OrFail();
        Assert.Equal(1, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal((byte)'B', _buffer[0]);
    }

    [Theory]
    [InlineData("localhost", "03 09 6c6f63616c686f7374 4e55")]
    [InlineData("2001:db8::7", "04 20010db8000000000000000000000007 4e55")]
    [InlineData("", "03 00 4e55")] // the node itself
    public async Task Socket_Target_IsExpressedAsWhatItIs(string host, string address)
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(new(host, 20053));

        await socket.SendAsync(new byte[] { 1 }).OrFail();

        await node.ExpectAsync("0001 00" + address + "01");
    }

    [Theory]
    [InlineData("127.0.0.1", "01 7f000001 4e55", true)]
    [InlineData("127.0.0.1", "04 00000000000000000000ffff7f000001 4e55", true)]
    [InlineData("127.0.0.1", "01 00000000 4e55", true)] // the node does not tell
    [InlineData("127.0.0.1", "01 7f000001 4e56", false)]
    [InlineData("127.0.0.1", "01 7f000002 4e55", false)]
    [InlineData("127.0.0.1", "04 00000000000000000000000000000001 4e55", false)]
    [InlineData("::1", "04 00000000000000000000000000000001 4e55", true)]
    [InlineData("::1", "01 00000000 4e55", true)] // GOST 2.8.1
    [InlineData("::1", "01 7f000001 4e55", false)]
    [InlineData("dns.example", "01 0a000007 4e55", true)]
    [InlineData("dns.example", "03 01 61 4e55", true)]
    [InlineData("dns.example", "01 0a000007 0035", false)]
    public async Task Socket_DatagramOfAStranger_IsDropped(string host, string source, bool isTaken)
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(new(host, 20053));

        await node.SendAsync("0001 00" + source + "01" + "0001 00 01 00000000 4e55 02");

        Assert.Equal(1, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal(isTaken ? 1 : 2, _buffer[0]);
    }

    [Fact]
    public async Task Socket_LengthZero_IsAnEmptyDatagram()
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);

        await node.SendAsync("0000 00 01 7f000001 4e55" + "0001 00 01 7f000001 4e55 07");

        Assert.Equal(0, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal(1, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal(7, _buffer[0]);
    }

    [Theory]
    [InlineData(false, 0, ForwardError.DatagramNotCarried)]
    [InlineData(false, 8193, ForwardError.DatagramTooLarge)]
    [InlineData(true, 0, ForwardError.DatagramNotCarried)]
    [InlineData(true, 65_508, ForwardError.DatagramTooLarge)]
    public async Task Socket_DatagramThatGostCannotTake_IsRefusedAlone(bool large, int size, ForwardError error)
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target, large);

        Assert.Equal(error, (await Assert.ThrowsAsync<ForwardException>(() => socket.SendAsync(new byte[size]).OrFail())).Error);
        await socket.SendAsync(new byte[] { 9 }).OrFail();

        await node.ExpectAsync("0001 00 01 7f000001 4e55 09");
    }

    [Theory]
    [InlineData(false, 8192)]
    [InlineData(true, 65_507)]
    public async Task Socket_LargestDatagram_GoesWholeBothWays(bool large, int size)
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target, large);
        byte[] datagram = new byte[size];
        Random.Shared.NextBytes(datagram);
        byte[] frame = [.. ScriptedPeer.Hex($"{size:x4} 00 01 7f000001 4e55"), .. datagram];

        await socket.SendAsync(datagram).OrFail();
        Assert.Equal(frame, await node.Far.ReadAsync(frame.Length).OrFail());
        Task sent = node.Far.Stream.WriteAsync(frame).AsTask();

        Assert.Equal(size, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal(datagram, _buffer[..size]);
        await sent.OrFail();
    }

    [Fact]
    public async Task Socket_SmallBuffer_LosesThatDatagramOnly()
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);
        await node.SendAsync("0003 00 01 7f000001 4e55 010203" + "0001 00 01 7f000001 4e55 04");

        Assert.Equal(
            ForwardError.DatagramTooLarge,
            (await Assert.ThrowsAsync<ForwardException>(() => socket.ReceiveAsync(new byte[2]).OrFail())).Error);

        Assert.Equal(1, await socket.ReceiveAsync(_buffer).OrFail());
    }

    [Theory]
    [InlineData("0005 00 01 7f000001 4e55 01020304")]
    [InlineData("0005 00 01 7f")]
    [InlineData("00")]
    [InlineData("0000 00 01 7f000001 4e")] // the frame that kills GOST
    [InlineData("")]
    public async Task Socket_TunnelEndsInAFrame_DeliversNothingOfIt(string part)
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);

        await node.SendAsync(part);
        await node.Far.CompleteWritesAsync();

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal((ForwardError.ConnectionClosed, "hop1"), (failure.Error, failure.Node));
        Assert.Equal(_buffer, new byte[_buffer.Length]);
    }

    [Fact]
    public async Task Socket_UnknownAddressType_ClosesTheTunnel()
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);

        await node.SendAsync("0001 00 02 7f000001 4e55 01");

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal((ForwardError.ProtocolError, "hop1"), (failure.Error, failure.Node));
        Assert.True(node.Near.IsAborted);
        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(async () =>
        {
            for (int i = 0; i < 2; i++)
            {
                await socket.SendAsync(new byte[1]); // the first may still be taken
            }
        })).Error);
    }

    [Fact]
    public async Task Socket_ReceiveCancelledWithinAFrame_LosesNothing()
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);
        using CancellationTokenSource stop = new();
        await node.SendAsync("0002 00 01 7f000001 4e55 01");
        Task<int> receive = socket.ReceiveAsync(_buffer, stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive.OrFail());
        await node.SendAsync("02");

        Assert.Equal(2, await socket.ReceiveAsync(_buffer).OrFail());
        Assert.Equal([1, 2], _buffer[..2]);
    }

    [Fact]
    public async Task Socket_Disposed_EndsReceivesAndClosesTheTunnel()
    {
        (IDatagramSocket socket, ScriptedControl node) = await ConnectAsync(Target);
        Task<int> receive = socket.ReceiveAsync(_buffer).AsTask();

        await socket.DisposeAsync().OrFail();
        await socket.DisposeAsync().OrFail();

        Assert.Equal(-1, await receive.OrFail());
        Assert.Equal(-1, await socket.ReceiveAsync(_buffer).OrFail());
        await Assert.ThrowsAsync<IOException>(() => socket.SendAsync(new byte[1]).OrFail());
        await node.ExpectEndAsync();
    }

    [Fact]
    public async Task Socket_NodeTakesNothing_SendersWaitAndDisposalEnds()
    {
        (IDatagramSocket socket, _) = await ConnectAsync(Target);
        Task send = Task.CompletedTask;
        while (send.IsCompletedSuccessfully)
        {
            send = socket.SendAsync(new byte[8192]).AsTask();
        }

        await socket.DisposeAsync().OrFail();

        await Assert.ThrowsAsync<IOException>(() => send.OrFail());
    }

    [Fact]
    public async Task ConnectDatagramsAsync_PortZero_IsRefused() => Assert.Equal(
        ForwardError.AddressNotSupported,
        (await Assert.ThrowsAsync<ForwardException>(
            () => new Socks5Connector("hop1").ConnectDatagramsAsync(_node.OpenAsync, new("h", 0)).OrFail())).Error);

    [Theory]
    [InlineData("05 01 00 01 00000000 0000", ForwardError.ProxyFailure)]
    [InlineData("05 02 00 01 00000000 0000", ForwardError.Forbidden)]
    [InlineData("05 03 00 01 00000000 0000", ForwardError.NetworkUnreachable)]
    public async Task ConnectDatagramsAsync_Refused_BlamesTheNode(string reply, ForwardError error)
    {
        Task<IDatagramSocket> connect = new Socks5Connector("hop1").ConnectDatagramsAsync(_node.OpenAsync, Target).AsTask();
        await _node.NextAsync(Open, reply);

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => connect.OrFail());

        Assert.Equal((error, "hop1", Target), (failure.Error, failure.Node, failure.Target));
    }

    [Fact]
    public async Task Listener_Datagrams_AreToldApartByTheirSource()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();
        Assert.Equal(new IPEndPoint(IPAddress.Any, 20054), listener.LocalEndPoint);
        string[] peers = ["01 7f000001 9c75", "04 20010db8000000000000000000000007 9c75", "01 7f000001 9c76"];
        HashSet<SocketAddress> seen = [];

        foreach (string peer in peers)
        {
            SocketAddress source = listener.CreateAddress();
            await node.SendAsync("0007 00" + peer + "71756572792031");
            Assert.Equal(7, await listener.ReceiveFromAsync(_buffer, source).OrFail());
            Assert.True(seen.Add(source));
            await listener.SendToAsync("answer 1"u8.ToArray(), source).OrFail();
            await node.ExpectAsync("0008 00" + peer + "616e737765722031");
            Assert.Equal(source, listener.GetAddress((IPEndPoint)listener.GetEndPoint(source)));
        }

        Assert.Equal(
            ["127.0.0.1:40053", "127.0.0.1:40054", "[2001:db8::7]:40053"],
            seen.Select(a => listener.GetEndPoint(a).ToString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Listener_MappedPeer_IsAnIPv4One()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();
        SocketAddress source = listener.CreateAddress();

        await node.SendAsync("0001 00 04 00000000000000000000ffff7f000001 9c75 01");
        await listener.ReceiveFromAsync(_buffer, source).OrFail();

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 40053), listener.GetEndPoint(source));
        await listener.SendToAsync(new byte[] { 2 }, source).OrFail();
        await node.ExpectAsync("0001 00 01 7f000001 9c75 02");
    }

    [Fact]
    public async Task Listener_PeerWithoutAnAddress_IsDeliveredAndToldOnce()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();
        SocketAddress source = listener.CreateAddress();
        for (int i = 0; i < 2; i++)
        {
            await node.SendAsync("0001 00 01 00000000 9c75 01");
            Assert.Equal(1, await listener.ReceiveFromAsync(_buffer, source).OrFail());
        }

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listener.SendToAsync(new byte[1], source).OrFail());

        Assert.Equal(ForwardError.AddressNotSupported, failure.Error);
        Assert.Single(_log.WithId(LogEventIds.PeerAddressUnknown));
    }

    [Fact]
    public async Task Listener_OddFrames_HarmNobody()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();
        SocketAddress source = listener.CreateAddress();

        await node.SendAsync("0000 00 01 7f000001 9c75"); // a stranger's empty datagram
        await node.SendAsync("0001 00 03 01 61 9c75 01"); // a peer that is a name
        await node.SendAsync("0001 00 01 7f000001 9c76 02");

        Assert.Equal(0, await listener.ReceiveFromAsync(_buffer, source).OrFail());
        Assert.Equal(1, await listener.ReceiveFromAsync(_buffer, source).OrFail());
        Assert.Equal(2, _buffer[0]);
    }

    [Fact]
    public async Task Listener_ManySenders_FramesStayWhole()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();
        const int Senders = 8, Each = 200;
        int total = Senders * Enumerable.Range(0, Each).Sum(i => 10 + SizeOf(i));
        Task<byte[]> received = node.Far.ReadAsync(total);

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            SocketAddress peer = listener.GetAddress(new(IPAddress.Loopback, 1000 + sender));
            for (int i = 0; i < Each; i++)
            {
                byte[] datagram = new byte[SizeOf(i)];
                Array.Fill(datagram, (byte)sender);
                await listener.SendToAsync(datagram, peer);
            }
        }))).OrFail();

        ReadOnlyMemory<byte> rest = await received.OrFail();
        int[] counts = new int[Senders];
        while (!rest.IsEmpty)
        {
            Assert.Equal(
                System.Buffers.OperationStatus.Done, Socks5DatagramCodec.ReadFrame(rest.Span, out int addressLength, out int length));
            int sender = (rest.Span[8] * 256) + rest.Span[9] - 1000;
            Assert.Equal(SizeOf(counts[sender]++), length - 3 - addressLength);
            Assert.Equal(-1, rest.Span[(3 + addressLength)..length].IndexOfAnyExcept((byte)sender));
            rest = rest[length..];
        }

        Assert.All(counts, count => Assert.Equal(Each, count));

        static int SizeOf(int i) => 1 + (i * 37 % 2000);
    }

    [Fact]
    public async Task Listener_NodeEndsIt_ThrowsAndNamesTheNode()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();

        await node.Far.CompleteWritesAsync();

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
            () => listener.ReceiveFromAsync(_buffer, listener.CreateAddress()).OrFail());
        Assert.Equal((ForwardError.ConnectionClosed, "hop1"), (failure.Error, failure.Node));
    }

    [Fact]
    public async Task Listener_Disposed_ReturnsMinusOneAndClosesTheTunnel()
    {
        (IDatagramListener listener, ScriptedControl node) = await ListenAsync();
        Task<int> receive = listener.ReceiveFromAsync(_buffer, listener.CreateAddress()).AsTask();

        await listener.DisposeAsync().OrFail();

        Assert.Equal(-1, await receive.OrFail());
        await node.ExpectEndAsync();
    }

    [Theory]
    [InlineData("05 07 00 01 00000000 0000", ForwardError.CommandNotSupported, "it cannot listen for datagrams; GOST")]
    [InlineData("", ForwardError.ConnectionClosed, "or the port is taken there")]
    [InlineData("05 01 00 01 00000000 0000", ForwardError.ProxyFailure, "general failure")]
    [InlineData("05 00 00 01 7f000001 4e57", ForwardError.ProxyFailure, "port 20055")]
    public async Task ListenDatagramsAsync_Refused_SaysWhatIsMissing(string reply, ForwardError error, string part)
    {
        Task<IDatagramListener> listen = new Socks5Connector("hop1").ListenDatagramsAsync(_node.OpenAsync, new("", 20054)).AsTask();
        ScriptedControl node = await _node.NextAsync(Listen, reply);
        if (reply.Length == 0)
        {
            await node.Far.CompleteWritesAsync();
        }

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => listen.OrFail());

        Assert.Equal((error, "hop1"), (failure.Error, failure.Node));
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    private async Task<(IDatagramSocket Socket, ScriptedControl Node)> ConnectAsync(HostEndPoint target, bool large = false)
    {
        Socks5Connector connector = new("hop1", settings: new() { LargeDatagrams = large });
        Task<IDatagramSocket> connect = connector.ConnectDatagramsAsync(_node.OpenAsync, target).AsTask();
        ScriptedControl node = await _node.NextAsync(Open, Opened);
        return (await connect.OrFail(), node);
    }

    private async Task<(IDatagramListener Listener, ScriptedControl Node)> ListenAsync()
    {
        Socks5Connector connector = new("hop1", settings: new() { Logger = _log.CreateLogger("x") });
        Task<IDatagramListener> listen = connector.ListenDatagramsAsync(_node.OpenAsync, new("", 20054)).AsTask();
        ScriptedControl node = await _node.NextAsync(Listen, Listening);
        return (await listen.OrFail(), node);
    }
}
