using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Conversations that are bent at random, with a fixed seed.</summary>
public class SmuxFuzzTests
{
    private const int Seed = 20240917;

    /// <summary>How many sessions are fed; GOSTNET_FUZZ_CASES says otherwise, for a long run.</summary>
    private static readonly int Cases =
        int.TryParse(Environment.GetEnvironmentVariable("GOSTNET_FUZZ_CASES"), out int cases) ? cases : 4_000;

    [Fact]
    public void Codec_AnyHeader_IsReadAndWrittenTheSame()
    {
        Random random = new(Seed);
        byte[] bytes = new byte[SmuxCodec.MaxControlLength];
        byte[] written = new byte[SmuxCodec.MaxControlLength];
        for (int i = 0; i < 25 * Cases; i++)
        {
            random.NextBytes(bytes);
            bytes[0] &= 3;
            bytes[1] &= 7;
            int length = random.Next(bytes.Length + 1);
            bool isRead = SmuxCodec.TryReadHeader(bytes.AsSpan(0, length), out SmuxHeader header);
            bool isSound = isRead == (length >= SmuxCodec.HeaderLength)
                && (!isRead || (SmuxCodec.WriteHeader(written, header) == SmuxCodec.HeaderLength
                    && written.AsSpan(0, SmuxCodec.HeaderLength).SequenceEqual(bytes.AsSpan(0, SmuxCodec.HeaderLength))))
                && (!isRead || IsPossible(header, 1) == (SmuxCodec.FindFault(header, 1) is null))
                && (!isRead || IsPossible(header, 2) == (SmuxCodec.FindFault(header, 2) is null));
            if (!isSound)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(bytes.AsSpan(0, length))}");
            }
        }
    }

    [Fact]
    public async Task Session_Anything_LivesOrEndsCleanly()
    {
        Random random = new(Seed);
        int inGoodOrder = 0;
        int broken = 0;
        for (int i = 0; i < Cases; i++)
        {
            int version = 1 + (i & 1);
            byte[] conversation = Bend(random, Converse(random, (byte)version));
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(
                bufferSize: random.Next(4) == 0 ? random.Next(1, 20) : 1_000_000);
            SmuxOptions options = new()
            {
                Version = version,
                MaxStreams = 4,
                AcceptBacklog = 2,
                ReceiveBuffer = 200_000,
                SynRateLimit = 50,
                CloseTimeout = Hang.Limit,
                AnnounceHalfClose = random.Next(2) == 0,
                HalfClose = (SmuxHalfClose)random.Next(3),
            };
            SmuxSession session = SmuxSession.Start(near, (SmuxRole)random.Next(2), options, TimeProvider.System);
            Task using1 = UseAsync(session, isReading: random.Next(3) > 0);
            Task draining = far.Stream.CopyToAsync(Stream.Null);
            try
            {
                try
                {
                    await far.Stream.WriteAsync(conversation).OrFail();
                    await far.CompleteWritesAsync();
                }
                catch (IOException)
                {
                    // The session has had enough before the end.
                }

                await session.Completion.OrFail();
                await using1.OrFail();
                await draining.OrFail();
            }
            catch (Exception e) when (e is not IOException)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(conversation)}: {e}");
            }
            catch (IOException)
            {
                // Draining meets the reset of a session that broke.
            }

            await session.DisposeAsync().OrFail();
            bool isSound = session.Failure is null or ForwardException { Error: ForwardError.ProtocolError }
                && near.IsDisposed && session.StreamCount == 0 && session.LingeringStreamCount == 0;
            if (!isSound)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(conversation)}: {session.Failure}");
            }

            _ = session.Failure is null ? inGoodOrder++ : broken++;
        }

        Assert.InRange(inGoodOrder, Cases / 20, Cases);
        Assert.InRange(broken, Cases / 20, Cases);
    }

    private static bool IsPossible(SmuxHeader header, int version) =>
        header.Version == version && (int)header.Command switch
        {
            0 or 1 or 3 => header.Length == 0,
            2 => true,
            4 => version == 2 && header.Length == 8,
            _ => false,
        };

    /// <summary>Accepts, opens, reads and writes as long as the session lasts.</summary>
    private static async Task UseAsync(SmuxSession session, bool isReading)
    {
        List<Task> uses = [UseAsync(() => session.OpenStreamAsync(), isReading)];
        while (await session.AcceptStreamAsync() is { } stream)
        {
            uses.Add(UseAsync(() => ValueTask.FromResult(stream), isReading));
        }

        await Task.WhenAll(uses);
    }

    private static async Task UseAsync(Func<ValueTask<IConnection>> get, bool isReading)
    {
        try
        {
            await using IConnection stream = await get();
            await stream.Stream.WriteAsync(new byte[10]);
            while (isReading && await stream.Stream.ReadAsync(new byte[100]) is > 0 and var count)
            {
                await stream.Stream.WriteAsync(new byte[count]);
            }

            await stream.CompleteWritesAsync();
        }
        catch (IOException)
        {
            // The session broke, or the peer closed the stream.
        }
    }

    /// <summary>Frames that make sense, more or less.</summary>
    private static byte[] Converse(Random random, byte version)
    {
        using MemoryStream bytes = new();
        for (int frames = random.Next(1, 15); frames > 0; frames--)
        {
            uint id = (uint)random.Next(2, 9);
            bytes.Write(random.Next(12) switch
            {
                < 4 => SmuxPeer.Frame(version, SmuxCommand.Syn, id),
                < 7 => SmuxPeer.Frame(version, SmuxCommand.Push, id, new byte[random.Next(8) == 0 ? random.Next(65_536) : random.Next(200)]),
                < 9 => SmuxPeer.Frame(version, SmuxCommand.Fin, id),
                < 10 => SmuxPeer.Frame(version, SmuxCommand.Nop, random.Next(2) == 0 ? 0 : SmuxSession.HalfCloseMark),
                _ => version == 1 ? [] : Update(id, random),
            });
        }

        return bytes.ToArray();
    }

    private static byte[] Update(uint id, Random random)
    {
        byte[] frame = new byte[SmuxCodec.MaxControlLength];
        SmuxCodec.WriteUpdate(frame, 2, id, (uint)random.Next(20), random.Next(3) switch { 0 => 0, 1 => 65_536, _ => uint.MaxValue });
        return frame;
    }

    /// <summary>Changes some bytes, cuts the end off, or adds noise; or leaves it all as it is.</summary>
    private static byte[] Bend(Random random, byte[] bytes)
    {
        switch (random.Next(5))
        {
            case 0:
                for (int changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
                {
                    bytes[random.Next(Math.Min(bytes.Length, 64))] = (byte)random.Next(random.Next(2) == 0 ? 8 : 256);
                }

                return bytes;
            case 1:
                return bytes[..random.Next(bytes.Length + 1)];
            case 2:
                byte[] noise = new byte[random.Next(64)];
                random.NextBytes(noise);
                return [.. bytes, .. noise];
            default:
                return bytes;
        }
    }
}
