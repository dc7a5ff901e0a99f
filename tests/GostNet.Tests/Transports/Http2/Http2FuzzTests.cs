using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

public class Http2FuzzTests
{
    private const int Seed = 20261124;

    private static int Cases => Fuzz.Cases(10_000);

    [Fact]
    public void Codec_Anything_IsReadOrRefused()
    {
        Random random = new(Seed);
        byte[] space = new byte[64];
        byte[] written = new byte[Http2Codec.HeaderLength];
        for (int i = 0; i < 10 * Cases; i++)
        {
            byte[] bytes = space[..random.Next(space.Length)];
            random.NextBytes(bytes);
            if (!Http2Codec.TryReadHeader(bytes, out Http2FrameHeader header))
            {
                Assert.InRange(bytes.Length, 0, Http2Codec.HeaderLength - 1);
                continue;
            }

            Http2Codec.WriteHeader(written, header);
            bytes[5] &= 0x7F;
            Assert.Equal(bytes[..Http2Codec.HeaderLength], written);
            ReadOnlySpan<byte> payload = bytes.AsSpan(Http2Codec.HeaderLength);
            header = header with { Length = payload.Length, Type = Http2FrameType.Headers };
            if (Http2Codec.FindFault(header, Http2Codec.MinMaxFrameSize, out _) is null
                && Http2Codec.TryReadHeaders(header, payload, out ReadOnlySpan<byte> block))
            {
                Assert.InRange(block.Length, 0, payload.Length);
            }
        }
    }

    [Fact]
    public void Hpack_Anything_IsReadOrRefused()
    {
        Random random = new(Seed);
        byte[][] blocks =
        [
            Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ff"),
            Convert.FromHexString("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"),
            Convert.FromHexString("3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff"),
            Convert.FromHexString("418b089d5c0b8170dc1342703cf4307434f4e4e45435450839bd9ab7a8dc475a74a6b589418b525812e0f"[..84]),
            Http2Peer.Connect,
        ];
        byte[] space = new byte[4096];
        HpackDecoder decoder = new();
        List<HeaderField> fields = [];
        int[] results = new int[3];
        for (int i = 0; i < 10 * Cases; i++)
        {
            int limit = random.Next(1, 300);
            fields.Clear();
            HpackResult result = decoder.Decode(Fuzz.Bend(random, blocks, space), limit, fields);
            results[(int)result]++;
            Assert.True(fields.Sum(field => field.Size) <= limit);
            if (result == HpackResult.Malformed)
            {
                decoder = new();
            }
        }

        Assert.All(results, count => Assert.True(count > Cases / 10));
    }

    [Fact]
    public void Huffman_Anything_IsReadOrRefused()
    {
        Random random = new(Seed);
        byte[] decoded = new byte[HpackHuffman.MaxDecodedLength(32)];
        byte[] encoded = new byte[4 * decoded.Length];
        for (int i = 0; i < 10 * Cases; i++)
        {
            byte[] bytes = new byte[random.Next(32)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
            {
                bytes.AsSpan(bytes.Length / 2).Fill(0xFF);
            }

            if (HpackHuffman.TryDecode(bytes, decoded, out int count))
            {
                Assert.Equal(bytes, encoded[..HpackHuffman.Encode(decoded.AsSpan(0, count), encoded)]);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_Anything_LivesOrEndsCleanly(bool isServer)
    {
        Random random = new(Seed);
        byte[] space = new byte[16 * 1024];
        int inGoodOrder = 0;
        int broken = 0;
        for (int i = 0; i < Cases / 5; i++)
        {
            byte[][] conversation = [Converse(random, isServer)];
            byte[] bytes = Fuzz.Bend(random, conversation, space).ToArray();
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(
                bufferSize: random.Next(4) == 0 ? random.Next(1, 20) : 1_000_000);
            Http2Session session = Http2Session.Start(
                near, isServer ? Http2Profile.OfServer(acceptsTunnels: true) : Http2Profile.OfClient(Http2Pair.Connect), TimeProvider.System);
            Task use = UseAsync(session, isServer);
            Task draining = DrainAsync(far);
            try
            {
                await far.SendAndEndAsync(bytes).OrFail();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The session has had enough before the end.
            }

            try
            {
                await session.Completion.OrFail();
                await use.OrFail();
                await draining.OrFail();
                await session.DisposeAsync().OrFail();
            }
            catch (Exception e)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(bytes)}: {e}");
            }

            bool isSound = session.Failure is null or ForwardException { Error: ForwardError.ProtocolError }
                && near.IsDisposed && session.StreamCount == 0 && session.Held == 0;
            if (!isSound)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(bytes)}: {session.StreamCount} streams, {session.Held} held, {session.Failure}");
            }

            _ = session.Failure is null ? inGoodOrder++ : broken++;
        }

        Assert.InRange(inGoodOrder, Cases / 100, Cases);
        Assert.InRange(broken, Cases / 100, Cases);
    }

    private static async Task DrainAsync(InMemoryConnection far)
    {
        try
        {
            await far.ReadToEndAsync();
        }
        catch (IOException)
        {
            // The session broke.
        }
        finally
        {
            await far.DisposeAsync();
        }
    }

    /// <summary>Accepts or opens, reads and writes as long as the session lasts.</summary>
    private static async Task UseAsync(Http2Session session, bool isServer)
    {
        List<Task> uses = [];
        if (isServer)
        {
            while (await session.AcceptAsync() is { } stream)
            {
                uses.Add(UseAsync(() => ValueTask.FromResult(stream)));
            }
        }
        else
        {
            uses.Add(UseAsync(() => session.OpenAsync()));
            uses.Add(UseAsync(() => session.OpenAsync()));
        }

        await Task.WhenAll(uses);
    }

    private static async Task UseAsync(Func<ValueTask<IConnection>> get)
    {
        try
        {
            await using IConnection stream = await get();
            await stream.Stream.WriteAsync(new byte[10]);
            while (await stream.Stream.ReadAsync(new byte[100]) is > 0 and var count)
            {
                await stream.Stream.WriteAsync(new byte[count]);
            }

            await stream.CompleteWritesAsync();
        }
        catch (IOException)
        {
            // The session broke, or the peer reset the stream.
        }
    }

    /// <summary>Frames that make sense, more or less.</summary>
    private static byte[] Converse(Random random, bool isServer)
    {
        using MemoryStream bytes = new();
        bytes.Write(Http2Peer.Frame(Http2FrameType.Settings, Http2FrameFlags.None, 0));
        uint opened = 1;
        for (int frames = random.Next(1, 15); frames > 0; frames--)
        {
            uint id = random.Next(8) == 0 ? (uint)random.Next(8) : (uint)(1 + (2 * random.Next((int)(opened + 1) / 2)));
            Http2FrameFlags end = random.Next(4) == 0 ? Http2FrameFlags.EndStream : Http2FrameFlags.None;
            bytes.Write(random.Next(12) switch
            {
                < 4 => Http2Peer.Frame(
                    Http2FrameType.Headers,
                    Http2FrameFlags.EndHeaders | (isServer ? end : Http2FrameFlags.None),
                    isServer ? (opened += 2) - 2 : (opened = Math.Min(opened + 2, 3)) - 2 + (uint)(2 * random.Next(2)),
                    isServer ? Http2Peer.Connect : Http2Peer.Ok),
                < 8 => Http2Peer.Frame(Http2FrameType.Data, end, id, new byte[random.Next(8) == 0 ? random.Next(2000) : random.Next(100)]),
                8 => Http2Peer.Frame(Http2FrameType.ResetStream, Http2FrameFlags.None, id, Http2Peer.Word((uint)random.Next(14))),
                9 => Http2Peer.Frame(Http2FrameType.WindowUpdate, Http2FrameFlags.None, id, Http2Peer.Word((uint)random.Next(1000))),
                10 => Http2Peer.Frame(Http2FrameType.Ping, (Http2FrameFlags)random.Next(2), 0, new byte[8]),
                _ => Http2Peer.Frame(
                    Http2FrameType.Settings, Http2FrameFlags.None, 0,
                    Http2Peer.Setting((Http2SettingId)random.Next(1, 8), (uint)random.Next(random.Next(2) == 0 ? 3 : 100_000))),
            });
        }

        return bytes.ToArray();
    }
}
