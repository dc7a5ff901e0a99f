using System.Buffers.Binary;
using System.Text;
using GostNet.Internal.Tls;
using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;
using GostNet.Transports.Obfuscation;

namespace GostNet.Tests.Transports.Obfuscation;

public sealed class TlsObfuscationTests
{
    private const string Name = "otls";
    private const string ServerHello =
        "16 0301 005b 02 000057 0303 00000000 00000000000000000000000000000000000000000000000000000000"
        + "20 0000000000000000000000000000000000000000000000000000000000000000 cca8 00 000f ff01000100 00170000 000b00020100";

    private const string ChangeCipherSpec = "14 0303 0001 01";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void ClientHello_WithTheRecordedNumbers_IsWhatGostSends()
    {
        byte[] recorded = ObfuscationVectors.Sent(Name, "c2s")[0];
        byte[] written = new byte[recorded.Length];

        int length = TlsObfuscationCodec.WriteClientHello(
            written,
            BinaryPrimitives.ReadUInt32BigEndian(recorded.AsSpan(11)),
            recorded.AsSpan(15, TlsObfuscationCodec.RandomLength),
            recorded.AsSpan(44, TlsObfuscationCodec.SessionIdLength),
            "www.example.com"u8,
            "hello"u8);

        Assert.Equal(recorded.Length, length);
        Assert.Equal(Convert.ToHexString(recorded), Convert.ToHexString(written));
        Assert.Equal(TlsObfuscationCodec.ClientHelloOverhead, length - "www.example.com".Length - "hello".Length);
    }

    [Fact]
    public void ServerHello_WithTheRecordedNumbers_IsWhatGostSends()
    {
        byte[] recorded = ObfuscationVectors.Sent(Name, "s2c")[0];
        byte[] written = new byte[recorded.Length];

        int length = TlsObfuscationCodec.WriteServerHello(
            written, BinaryPrimitives.ReadUInt32BigEndian(recorded.AsSpan(11)), recorded.AsSpan(15, 28), recorded.AsSpan(44, 32));
        length += TlsObfuscationCodec.WriteRecord(written.AsSpan(length), TlsRecord.Handshake, "hello"u8);

        Assert.Equal(recorded.Length, length);
        Assert.Equal(Convert.ToHexString(recorded), Convert.ToHexString(written));
        Assert.Equal(TlsObfuscationCodec.ServerHelloOverhead, length - "hello".Length);
    }

    [Fact]
    public async Task Exchange_Own_HasTheNameAndTheSessionIdAndWholeRecords()
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(ObfuscationKind.Tls);
        await pair.Client.Stream.WriteAsync("hello"u8.ToArray());
        IConnection server = await pair.Server.OrFail();
        await server.Stream.WriteAsync(new byte[20_000]);
        await server.Stream.WriteAsync(new byte[40_000]);

        byte[] hello = pair.ClientCarrier.Writes[0];
        Assert.True(hello.AsSpan().IndexOf("\0\0\u000cnode.example"u8) > 0); // no port
        Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), BinaryPrimitives.ReadUInt32BigEndian(hello.AsSpan(11)));
        byte[][] replies = pair.ServerCarrier.Writes;
        Assert.Equal(hello[44..76], replies[0][44..76]);
        Assert.Equal(TlsObfuscationCodec.ServerHelloOverhead + TlsRecord.MaxLength, replies[0].Length);
        Assert.Equal([5 + 20_000 - TlsRecord.MaxLength, (3 * 5) + 40_000], replies[1..].Select(write => write.Length));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("16 0303 0005 68656c6c6f", "hello")]
    [InlineData("17 0303 0005 68656c6c6f", "hello")]
    [InlineData("16 0303 0000 17 0303 0000 17 0303 0000 17 0301 0005 68656c6c6f", "hello")] // GOST's client crashes
    [InlineData("16 0303 0001 68 17 0303 0004 656c6c6f", "hello")]
    public async Task Client_RecordsOfAnyKind_AreRead(string records, string payload)
    {
        for (int maxRead = 1; maxRead < 150; maxRead++)
        {
            ScriptedPeer peer = new(maxRead);
            await peer.SendAsync(ScriptedPeer.Hex(ServerHello + ChangeCipherSpec + records));
            peer.End();
            IConnection client = await StartAsync(peer.Near);

            Assert.Equal(payload, Encoding.ASCII.GetString(await client.ReadToEndAsync().OrFail()));
            client.Abort();
        }
    }

    [Theory]
    [InlineData("17 0303 0001 00")] // before any greeting
    [InlineData("15 0303 0002 0228")]
    [InlineData("16 0301 0000")]
    [InlineData("16 0201 0001 00")]
    [InlineData("485454502f312e31")]
    [InlineData(ServerHello + "17 0303 0001 00")]
    [InlineData(ServerHello + "14 0303 0002 0101")]
    [InlineData(ServerHello + ChangeCipherSpec + "14 0303 0001 01")]
    [InlineData(ServerHello + ChangeCipherSpec + "16 0303 4001")]
    [InlineData(ServerHello + ChangeCipherSpec + "16 0303 0001 00 16 0303 0001 00", 1)]
    [InlineData(ServerHello + ChangeCipherSpec + "17 0303 0001 00 17 0303 4001", 1)]
    [InlineData(ServerHello + ChangeCipherSpec + "17 0303 0002 0000 17 0403 0001", 2)]
    public async Task Client_HostileRecords_FailTheReadBehindWhatIsGood(string records, int good = 0)
    {
        ScriptedPeer peer = new();
        await peer.SendAsync(ScriptedPeer.Hex(records));
        IConnection client = await StartAsync(peer.Near);
        await client.ReadAsync(good).OrFail();

        for (int i = 0; i < 2; i++)
        {
            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => client.Stream.ReadAsync(new byte[999]).OrFail());
            Assert.Equal(ForwardError.ProtocolError, failure.Error);
        }

        client.Abort();
    }

    [Theory]
    [InlineData("16 0303 0001 00")]
    [InlineData("17 0303 4001")]
    [InlineData("15 0303 0002 0100")]
    public async Task Server_HostileRecords_FailTheRead(string records)
    {
        ScriptedPeer peer = new();
        await peer.SendAsync([.. ObfuscationVectors.Sent(Name, "c2s")[0], .. ScriptedPeer.Hex(records)]);
        IConnection server = await new TlsObfuscationServer(_time).StartAsync(peer.Near, default).OrFail();
        Assert.Equal("hello"u8.ToArray(), await server.ReadAsync(5).OrFail());

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => server.Stream.ReadAsync(new byte[999]).OrFail());

        Assert.Equal(ForwardError.ProtocolError, failure.Error);
    }

    [Fact]
    public async Task Read_EndWithinARecord_Fails()
    {
        byte[] all = ScriptedPeer.Hex(ServerHello + ChangeCipherSpec + "16 0303 0002 0000");
        for (int length = 1; length < all.Length; length++)
        {
            ScriptedPeer peer = new();
            await peer.SendAsync(all[..length]);
            peer.End();
            IConnection client = await StartAsync(peer.Near);

            Exception? failure = await Record.ExceptionAsync(() => client.ReadToEndAsync().OrFail());

            // Between two records is an end like any other: nothing in the protocol tells it from one that is cut off.
            Assert.Equal(length is 96 or 102, failure is null);
            Assert.Equal(failure is null ? null : ForwardError.ConnectionClosed, (failure as ForwardException)?.Error);
            client.Abort();
        }
    }

    [Fact]
    public async Task Client_GreetingThatStops_FailsTenSecondsAfterItsBeginning()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        IConnection client = await StartAsync(near);
        await client.Stream.WriteAsync("hello"u8.ToArray());
        Task<int> reading = client.Stream.ReadAsync(new byte[10]).AsTask();
        _time.Advance(TimeSpan.FromHours(1)); // the target thinks: that is no fault of the node

        await far.Stream.WriteAsync(ScriptedPeer.Hex(ServerHello));
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(ForwardError.TimedOut, (await Assert.ThrowsAsync<ForwardException>(() => reading.OrFail())).Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(32_768)]
    [InlineData(65_000)]
    public async Task Server_TicketOfAnyLength_IsRead(int length)
    {
        byte[] payload = new byte[length];
        new Random(length).NextBytes(payload);
        byte[] hello = new byte[TlsObfuscationCodec.ClientHelloOverhead + length];
        TlsObfuscationCodec.WriteClientHello(hello, 1, new byte[28], new byte[32], [], payload);
        ScriptedPeer peer = new(9000);
        await peer.SendAsync(hello);
        peer.End();

        IConnection server = await new TlsObfuscationServer(_time).StartAsync(peer.Near, default).OrFail();

        Assert.Equal(payload, await server.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("16 0301 0026 01 000022 0301 0000000000000000000000000000000000000000000000000000000000000000", "")] // cut short
    [InlineData("16 0301 002d 01 000029 0301 0000000000000000000000000000000000000000000000000000000000000000 00 0002002f 0100", null)]
    [InlineData("16 0301 0037 01 000033 0304 0000000000000000000000000000000000000000000000000000000000000000 00 0002002f 0100 0008 0017 0000 0023 0000", null)]
    [InlineData("16 0301 0037 01 000033 0304 0000000000000000000000000000000000000000000000000000000000000000 00 0002002f 0100 0008 0017 0000 0023 0001", "")]
    [InlineData("16 0301 0037 01 000033 0305 0000000000000000000000000000000000000000000000000000000000000000 00 0002002f 0100 0008 0017 0000 0023 0000", "")]
    [InlineData("17 0303 0001 00", "")]
    [InlineData("16 0303 0000", "")]
    [InlineData("474554202f", "")]
    public async Task Server_HelloWithoutTicketOrBroken_IsServedWithoutPayloadOrRefused(string bytes, string? refused)
    {
        ScriptedPeer peer = new();
        await peer.SendAsync(ScriptedPeer.Hex(bytes));
        peer.End();
        Task<IConnection> starting = new TlsObfuscationServer(_time).StartAsync(peer.Near, default).AsTask();

        if (refused is null)
        {
            Assert.Empty(await (await starting.OrFail()).ReadToEndAsync().OrFail());
        }
        else
        {
            Assert.Equal(ForwardError.ProtocolError, (await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail())).Error);
        }
    }

    [Fact]
    public void Decode_StreamInAnyPieces_GivesTheSameData()
    {
        Random random = new(99);
        int cases = Fuzz.Cases(10_000);
        for (int i = 0; i < cases; i++)
        {
            (byte[] wire, byte[] data) = RandomRecords(random);
            TlsRecordDecoder decoder = new(TlsRecordPhase.Data);
            List<byte> decoded = [];
            for (int position = 0; position < wire.Length;)
            {
                byte[] piece = wire[position..Math.Min(wire.Length, position + random.Next(1, 40))];
                position += piece.Length;
                decoded.AddRange(piece[..decoder.Decode(piece)]);
            }

            Assert.Null(decoder.Fault);
            Assert.False(decoder.IsWithinRecord);
            Assert.Equal(data, decoded);
        }
    }

    [Fact]
    public void Decode_BentStreams_AreReadOrFaulty()
    {
        Random random = new(100);
        byte[] greeting = ScriptedPeer.Hex(ServerHello + ChangeCipherSpec + "16 0303 0002 0000");
        byte[] space = new byte[4096];
        int faults = 0;
        int cases = Fuzz.Cases(10_000);
        for (int i = 0; i < cases; i++)
        {
            byte[] wire = Fuzz.Bend(random, [[.. greeting, .. RandomRecords(random).Wire]], space).ToArray();
            TlsRecordDecoder decoder = new(TlsRecordPhase.ServerHello);
            Assert.InRange(decoder.Decode(wire), 0, wire.Length);
            faults += decoder.Fault is null ? 0 : 1;
        }

        Assert.InRange(faults, cases / 20, cases);
    }

    [Theory]
    [InlineData("host:443")]
    [InlineData("a b")]
    [InlineData("\ud800.example")]
    public void Client_HostThatIsNone_IsRefused(string host) => Assert.Throws<ArgumentException>(
        () => new TlsObfuscationClient(new() { Host = host }, new("node", 443), _time));

    private static (byte[] Wire, byte[] Data) RandomRecords(Random random)
    {
        List<byte> wire = [];
        List<byte> data = [];
        for (int records = random.Next(1, 8); records > 0; records--)
        {
            byte[] payload = new byte[random.Next(4) == 0 ? 0 : random.Next(60)];
            random.NextBytes(payload);
            byte[] record = new byte[TlsRecord.HeaderLength + payload.Length];
            TlsObfuscationCodec.WriteRecord(record, TlsRecord.ApplicationData, payload);
            wire.AddRange(record);
            data.AddRange(payload);
        }

        return ([.. wire], [.. data]);
    }

    private async Task<IConnection> StartAsync(IConnection carrier) =>
        await new TlsObfuscationClient(new(), ObfuscationPair.Node, _time).StartAsync(carrier, default).OrFail();
}
