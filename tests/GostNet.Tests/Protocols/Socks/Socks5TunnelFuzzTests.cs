using System.Globalization;
using System.Net;
using GostNet.Protocols.Socks;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>Streams of frames, bent at random with a fixed seed. GOSTNET_FUZZ_CASES sets how many.</summary>
public class Socks5TunnelFuzzTests
{
    private const int Seed = 20250301;

    private static readonly int Cases =
        int.Parse(Environment.GetEnvironmentVariable("GOSTNET_FUZZ_CASES") ?? "20000", CultureInfo.InvariantCulture);

    private static readonly byte[][] Frames =
    [
        ScriptedPeer.Hex("0007 00 01 7f000001 9c75 71756572792031"),
        ScriptedPeer.Hex("0001 ff 04 20010db8000000000000000000000007 9c75 01"),
        ScriptedPeer.Hex("0002 00 03 09 6c6f63616c686f7374 4e55 0102"),
        ScriptedPeer.Hex("0000 00 01 7f000001 9c75"),
        [.. ScriptedPeer.Hex("2000 00 01 00000000 9c75"), .. new byte[8192]],
    ];

    /// <summary>Whatever comes, the reader delivers what a plain reading of the bytes finds, and then fails or goes on.</summary>
    [Fact]
    public async Task ReadAsync_Anything_DeliversWholeFramesOrFails()
    {
        Random random = new(Seed);
        byte[] space = new byte[64 * 1024];
        HostEndPoint target = new("127.0.0.1", 1);
        int delivered = 0, malformed = 0;
        for (int i = 0; i < Cases; i++)
        {
            byte[] stream = Bend(random, space);
            (List<byte[]> expected, bool isMalformed) = Parse(stream);
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: stream.Length + 1);
            await using Socks5Tunnel tunnel = new(new(near, new("SOCKS5", "hop1", target, near.Stream), null, null), largeDatagrams: false);
            int split = random.Next(stream.Length + 1);
            await far.Stream.WriteAsync(stream.AsMemory(0, split));
            List<byte[]> actual = [];
            ForwardError? end = null;
            try
            {
                for (bool whole = false; ;)
                {
                    var read = tunnel.ReadAsync(default);
                    if (!whole && !read.IsCompleted)
                    {
                        // What is not complete yet waits for the rest.
                        whole = true;
                        try
                        {
                            await far.SendAndEndAsync(stream[split..]);
                        }
                        catch (IOException) when (isMalformed)
                        {
                            // The reader was quick, and has aborted.
                        }
                    }

                    (ReadOnlyMemory<byte> address, ReadOnlyMemory<byte> datagram) = (await read.OrFail()).GetValueOrDefault();
                    actual.Add([.. address.Span, .. datagram.Span]);
                }
            }
            catch (ForwardException e)
            {
                end = e.Error;
            }

            bool isSound = end == (isMalformed ? ForwardError.ProtocolError : ForwardError.ConnectionClosed)
                && actual.Count == expected.Count && actual.Zip(expected).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
            if (!isSound)
            {
                Assert.Fail($"Case {i}, {Convert.ToHexString(stream[..Math.Min(64, stream.Length)])}: {end}, {actual.Count} of {expected.Count}.");
            }

            delivered += actual.Count;
            malformed += isMalformed ? 1 : 0;
        }

        Assert.True(delivered > Cases && malformed > Cases / 50, $"{delivered} datagrams and {malformed} malformed streams of {Cases}.");
    }

    private static byte[] Bend(Random random, byte[] space)
    {
        int length = 0;
        for (int frames = random.Next(1, 5); frames > 0; frames--)
        {
            byte[] frame = Frames[random.Next(random.Next(16) == 0 ? Frames.Length : Frames.Length - 1)];
            frame.CopyTo(space, length);
            length += frame.Length;
        }

        for (int changes = random.Next(3); changes > 0; changes--)
        {
            space[random.Next(Math.Min(length, 60))] = random.Next(2) == 0 ? (byte)random.Next(5) : (byte)random.Next(256);
        }

        return space[..(random.Next(3) == 0 ? random.Next(length + 1) : length)];
    }

    /// <summary>The obvious reading of a stream: address and datagram of each whole frame, up to where it makes no sense.</summary>
    private static (List<byte[]> Frames, bool IsMalformed) Parse(byte[] stream)
    {
        List<byte[]> frames = [];
        int position = 0;
        while (stream.Length - position >= 4)
        {
            int addressLength;
            switch (stream[position + 3])
            {
                case 1: addressLength = 7; break;
                case 4: addressLength = 19; break;
                case 3 when stream.Length - position >= 5: addressLength = 4 + stream[position + 4]; break;
                case 3: return (frames, false);
                default: return (frames, true);
            }

            int payload = (stream[position] << 8) + stream[position + 1];
            int end = position + 3 + addressLength + payload;
            if (end > stream.Length)
            {
                break;
            }

            frames.Add(stream[(position + 3)..end]);
            position = end;
        }

        return (frames, false);
    }
}
