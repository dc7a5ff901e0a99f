using System.Buffers;
using System.Net;
using GostNet.Protocols;
using GostNet.Protocols.Automatic;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>Handshakes, frames and datagrams, bent at random with a fixed seed.</summary>
public sealed class SocksServerFuzzTests
{
    private const int Seed = 20240917;

    private static readonly byte[][] Conversations =
    [
        ScriptedPeer.Hex("05 02 00 02 05 01 00 01 c0000201 0050 68656c6c6f"),
        ScriptedPeer.Hex("05 02 00 02 01 04 75736572 04 70617373 05 01 00 01 c0000201 0050 68656c6c6f"),
        ScriptedPeer.Hex("05 01 02 01 04 75736572 04 70617373 05 01 00 03 09 3139322e302e322e31 0050"),
        ScriptedPeer.Hex("05 01 00 05 02 00 01 00000000 0000 68656c6c6f"),
        ScriptedPeer.Hex("05 01 00 05 f2 00 01 00000000 0000 0100000003000000"),
        ScriptedPeer.Hex("05 01 00 05 03 00 01 00000000 0000"),
        ScriptedPeer.Hex("05 01 00 05 f3 00 01 00000000 0000"
            + "0001 00 01 c0000207 0035 61 0000 00 03 03 646e73 0035 0003 ff 01 c0000207 0035 616263"),
        ScriptedPeer.Hex("05 01 00 05 f3 00 04 00000000000000000000000000000000 0000 0001 00 04 20010db8000000000000000000000007 0035 61"),
        ScriptedPeer.Hex("04 01 0050 c0000201 6d6500 68656c6c6f"),
        ScriptedPeer.Hex("04 01 0050 00000001 6d6500 64622e6578616d706c6500"),
        [],
    ];

    private static readonly byte[][] Datagrams =
    [
        ScriptedPeer.Hex("0000 00 01 c0000207 0035 616263"),
        ScriptedPeer.Hex("0000 00 03 03 646e73 0035 616263"),
        ScriptedPeer.Hex("0000 00 04 20010db8000000000000000000000007 0035 61"),
        [],
    ];

    [Fact]
    public void DatagramReaders_Anything_ReadNeitherTooFarNorThrow()
    {
        Random random = new(Seed);
        byte[] space = new byte[400];
        for (int i = 0; i < Fuzz.Cases(200_000); i++)
        {
            ReadOnlySpan<byte> source = Fuzz.Bend(random, Datagrams, space);
            OperationStatus status = Socks5DatagramCodec.ReadHeader(source, out Socks5DatagramHeader header, out int length);
            OperationStatus lengthStatus = Socks5DatagramCodec.ReadHeaderLength(source, out int onlyLength);
            OperationStatus early = Socks5DatagramCodec.ReadHeader(source[..random.Next(source.Length + 1)], out _, out int asked);
            bool isSound = lengthStatus == status && onlyLength == length && status switch
            {
                OperationStatus.Done => length <= source.Length && length <= Socks5DatagramCodec.MaxHeaderLength && asked <= length
                    && early != OperationStatus.InvalidData
                    && (header.Address is null || HostEndPoint.IsValidHost(header.Address.Host)),
                OperationStatus.NeedMoreData => length > source.Length && asked <= length && early == OperationStatus.NeedMoreData,
                _ => early != OperationStatus.Done,
            };
            if (!isSound)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(source)}: {status} {length}, {lengthStatus} {onlyLength}, {early} {asked}.");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Server_Anything_EndsAndAnswersInTheProtocol(bool login)
    {
        Random random = new(Seed);
        InMemoryNetwork network = new();
        await using IListener listener = await network.ListenAsync(new("192.0.2.1", 80));
        await using IDatagramListener peer = await network.ListenDatagramsAsync(new("192.0.2.7", 53));
        Task targets = ServeTargetsAsync(listener);
        byte[] space = new byte[700];
        int granted = 0;
        AutomaticServer server = new(
            new Socks4Server(), new Socks5Server(carrier => new CarrierSession(carrier), TestTls.ServeAsync), new NoServer());
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            byte[] conversation = Fuzz.Bend(random, Conversations, space).ToArray();
            InMemoryProxyHost host = new(network) { Authenticator = login ? new OneUser() : null };
            ServedClient client = new(server, host);
            byte[] answers = [];
            try
            {
                for (int sent = 0; sent < conversation.Length;)
                {
                    int count = random.Next(3) == 0 ? random.Next(1, conversation.Length - sent + 1) : conversation.Length - sent;
                    await client.SendAsync(conversation[sent..(sent + count)]);
                    sent += count;
                }

                await client.Connection.CompleteWritesAsync();
                answers = await client.Connection.ReadToEndAsync().OrFail();
            }
            catch (IOException)
            {
                // The server may end it while the client still speaks.
            }

            try
            {
                await client.Connection.DisposeAsync();
                await client.Serving.OrFail();
                granted++;
            }
            catch (IOException)
            {
                // So it ends when the client is to blame.
            }
            catch (Exception e)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(conversation)}: {e}");
            }

            bool isSound = answers.Length == 0
                || (conversation[0] == 5 ? answers[0] == 5 && answers.Length >= 2 && answers[1] is 0 or 2 or 0x80 or 0x82 or 0xff
                    : conversation[0] == 4 && answers[0] == 0 && answers.Length >= 8 && answers[1] is >= 0x5a and <= 0x5c);
            if (!isSound)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(conversation)}: {Convert.ToHexString(answers)}.");
            }
        }

        await listener.DisposeAsync();
        await targets.OrFail();
        Assert.InRange(granted, 100, int.MaxValue);
    }

    [Fact]
    public async Task Association_Anything_LivesOn()
    {
        Random random = new(Seed);
        InMemoryNetwork network = new();
        InMemoryProxyHost host = new(network);
        await using IDatagramListener peer = await network.ListenDatagramsAsync(new("192.0.2.7", 53));
        await using IDatagramListener port = await network.ListenDatagramsAsync(new("127.0.0.1", 0));
        await using ServedClient client = new(new Socks5Server(_ => new FakeMultiplexSession()), host);
        await client.AskAsync("05 01 00", "05 00");
        await client.AskAsync("05 03 00 01 00000000 0000", "05 00 00 01 7f000001");
        byte[] bound = await client.ReceiveAsync(2);
        SocketAddress relay = port.GetAddress(new(IPAddress.Loopback, (bound[0] << 8) | bound[1]));
        byte[] space = new byte[400];
        byte[] buffer = new byte[65535];
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            await port.SendToAsync(Fuzz.Bend(random, Datagrams, space).ToArray(), relay);
            if (i % 100 == 0)
            {
                // The mark comes out behind all that went in before it.
                await port.SendToAsync(ScriptedPeer.Hex($"0000 00 01 c0000207 0035 {i:x8} ffffffffffff"), relay);
                int size;
                do
                {
                    size = await peer.ReceiveFromAsync(buffer, peer.CreateAddress()).OrFail();
                }
                while (size != 10 || !IsMark(buffer, i));
            }
        }

        static bool IsMark(byte[] buffer, int i) =>
            System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(buffer) == i && !buffer.AsSpan(4, 6).ContainsAnyExcept((byte)0xff);
    }

    /// <summary>Answers as soon as it is asked, and ends.</summary>
    private static async Task ServeTargetsAsync(IListener listener)
    {
        while (await listener.AcceptAsync() is { } target)
        {
            await target.CompleteWritesAsync();
            _ = DrainAsync(target);
        }

        static async Task DrainAsync(IConnection target)
        {
            await using IConnection target_ = target;
            try
            {
                await target.ReadToEndAsync();
            }
            catch (IOException)
            {
                // The client has gone.
            }
        }
    }

    /// <summary>Ends the connection.</summary>
    private sealed class NoServer : IProxyServer
    {
        public Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>A session that ends when its carrier does.</summary>
    private sealed class CarrierSession : IMultiplexSession
    {
        private readonly IConnection _carrier;

        public CarrierSession(IConnection carrier)
        {
            _carrier = carrier;
            Completion = carrier.ReadToEndAsync().ContinueWith(_ => { }, TaskScheduler.Default);
        }

        public Task Completion { get; }

        public Exception? Failure => null;

        public bool CanOpen => false;

        public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken) => throw new IOException("It opens nothing.");

        public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken)
        {
            await Completion.WaitAsync(cancellationToken);
            return null;
        }

        public ValueTask DisposeAsync() => _carrier.DisposeAsync();
    }
}
