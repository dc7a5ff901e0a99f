using System.Text;
using GostNet.Internal.Http;
using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>Handshakes and frames that are bent at random, with a fixed seed.</summary>
public class WebSocketFuzzTests
{
    private const int Seed = 20251124;

    [Fact]
    public void FrameReader_HoweverTheBytesAreCut_GivesTheSame()
    {
        Random random = new(Seed);
        byte[][] conversations = [.. Enumerable.Range(0, 50).Select(_ => Converse(random))];
        byte[] space = new byte[8000];
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            byte[] bytes = Fuzz.Bend(random, conversations, space).ToArray();
            string whole = Read(bytes, () => int.MaxValue, inPlace: false);
            string cut = Read(bytes, () => random.Next(1, 40), inPlace: false);
            string inPlace = Read(bytes, () => random.Next(1, 40), inPlace: true);
            if (whole != cut || whole != inPlace)
            {
                Assert.Fail($"Case {i}: {Convert.ToHexString(bytes)} gave {whole}, {cut} and {inPlace}");
            }
        }
    }

    [Fact]
    public void Heads_Anything_AreAcceptedOrNot()
    {
        Random random = new(Seed);
        string key = Convert.ToBase64String(WebSocketKinship.CreateKey());
        WebSocketClientOptions options = new() { Compression = true };
        byte[][] messages =
        [
            WebSocketUpgrade.PrepareRequest(options, "h")(key), WebSocketUpgrade.WriteResponse(key, true),
            WebSocketUpgrade.WriteResponse(key, false),
        ];
        byte[] space = new byte[4000];
        HttpHead head = new();
        int accepted = 0;
        for (int i = 0; i < Fuzz.Cases(10_000); i++)
        {
            byte[] bytes = Fuzz.Bend(random, messages, space).ToArray();
            if (head.ReadRequest(bytes) == HttpHeadError.None
                && WebSocketUpgrade.ReadRequest(head, new() { Compression = true }, out string read, out _) is null)
            {
                Assert.Equal(16, Convert.FromBase64String(read).Length);
                accepted++;
            }

            if (head.ReadResponse(bytes) == HttpHeadError.None && WebSocketUpgrade.ReadResponse(head, key, true, out _) is null)
            {
                accepted++;
            }
        }

        Assert.InRange(accepted, 1, int.MaxValue);
    }

    [Fact]
    public async Task Connection_Anything_EndsInOrder()
    {
        Random random = new(Seed);
        byte[][] conversations = [.. Enumerable.Range(0, 50).Select(_ => Converse(random))];
        byte[] space = new byte[8000];
        int inGoodOrder = 0;
        int broken = 0;
        for (int i = 0; i < Fuzz.Cases(4_000); i++)
        {
            byte[] bytes = Fuzz.Bend(random, conversations, space).ToArray();
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            WebSocketSettings settings = new()
            {
                IsServer = true,
                IsCompressed = random.Next(3) == 0,
                HalfClose = (WebSocketHalfClose)random.Next(3),
                PeerHalfCloses = random.Next(2) == 0,
            };
            int arrived = random.Next(bytes.Length + 1);
            WebSocketConnection connection = new(near, settings, bytes.AsSpan(0, arrived), TimeProvider.System);
            Task feeding = FeedAsync(far, bytes[arrived..]);
            Task draining = far.Stream.CopyToAsync(Stream.Null);
            try
            {
                byte[] buffer = new byte[random.Next(1, 10_000)];
                while (await connection.Stream.ReadAsync(buffer.AsMemory(0, random.Next(buffer.Length + 1))).OrFail() is var count)
                {
                    Assert.InRange(count, 0, buffer.Length);
                    if (count == 0 && await connection.Stream.ReadAsync(buffer).OrFail() == 0)
                    {
                        break;
                    }
                }

                await connection.CompleteWritesAsync().OrFail();
                inGoodOrder++;
            }
            catch (IOException)
            {
                broken++;
            }

            await connection.DisposeAsync().OrFail();
            await draining.OrFail();
            await feeding.OrFail();
        }

        Assert.InRange(inGoodOrder, 1, int.MaxValue);
        Assert.InRange(broken, 1, int.MaxValue);
    }

    [Fact]
    public async Task Handshake_Anything_EndsInOrder()
    {
        Random random = new(Seed);
        string key = Convert.ToBase64String(WebSocketKinship.CreateKey());
        byte[] request = WebSocketUpgrade.PrepareRequest(new(), "h")(key);
        byte[][] messages = [[.. request, .. Converse(random)], WebSocketUpgrade.WriteResponse(key, false)];
        byte[] space = new byte[20_000];
        int accepted = 0;
        int refused = 0;
        for (int i = 0; i < Fuzz.Cases(3_000); i++)
        {
            byte[] bytes = Fuzz.Bend(random, messages, space).ToArray();
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            IConnectionLayer layer = random.Next(2) == 0
                ? new WebSocketServer(new(), TimeProvider.System)
                : new WebSocketClient(new(), new("h", 80), TimeProvider.System);
            Task feeding = FeedAsync(far, bytes);
            Task draining = far.Stream.CopyToAsync(Stream.Null);
            try
            {
                await (await layer.StartAsync(near, default).OrFail()).DisposeAsync().OrFail();
                accepted++;
            }
            catch (IOException)
            {
                refused++;
            }

            await near.DisposeAsync();
            await draining.OrFail();
            await feeding.OrFail();
        }

        Assert.InRange(accepted, 1, int.MaxValue);
        Assert.InRange(refused, 1, int.MaxValue);
    }

    private static async Task FeedAsync(InMemoryConnection far, byte[] bytes)
    {
        try
        {
            await far.SendAndEndAsync(bytes);
        }
        catch (IOException)
        {
            // The other end has seen enough.
        }
    }

    /// <summary>What the reader makes of the bytes: payload, control frames, ends of messages, and the fault.</summary>
    private static string Read(byte[] bytes, Func<int> nextPiece, bool inPlace)
    {
        WebSocketFrameReader reader = new(isServer: true, isCompressed: true);
        StringBuilder story = new();
        for (int start = 0; start < bytes.Length;)
        {
            byte[] piece = bytes[start..(int)Math.Min(bytes.Length, start + (long)nextPiece())];
            start += piece.Length;
            byte[] room = inPlace ? piece : new byte[piece.Length];
            int done = 0;
            int written = 0;
            while (true)
            {
                int before = written;
                WebSocketEvent reason = reader.Read(piece.AsSpan(done), room.AsSpan(written), out int consumed, out int count);
                Assert.InRange(consumed, 0, piece.Length - done);
                Assert.InRange(count, 0, consumed);
                done += consumed;
                written += count;
                story.Append(Convert.ToHexString(room.AsSpan(before, count)));
                switch (reason)
                {
                    case WebSocketEvent.Control:
                        story.Append('[').Append(reader.ControlOpcode).Append(Convert.ToHexString(reader.ControlPayload)).Append(']');
                        continue;
                    case WebSocketEvent.MessageEnd:
                        story.Append(reader.IsMessageCompressed ? '!' : '|');
                        continue;
                    case WebSocketEvent.Fault:
                        return story.Append(reader.Fault).ToString();
                }

                Assert.Equal(piece.Length, done);
                break;
            }
        }

        return story.ToString();
    }

    /// <summary>Frames as a client sends them.</summary>
    private static byte[] Converse(Random random)
    {
        using MemoryStream all = new();
        byte[] frame = new byte[1000];
        byte[] payload = new byte[900];
        random.NextBytes(payload);
        bool isInMessage = false;
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            bool isControl = random.Next(3) == 0;
            bool isFinal = isControl || random.Next(2) == 0;
            WebSocketOpcode opcode = isControl ? (random.Next(8) == 0 ? WebSocketOpcode.Close : WebSocketOpcode.Ping)
                : isInMessage ? WebSocketOpcode.Continuation : WebSocketOpcode.Binary;
            isInMessage = isControl ? isInMessage : !isFinal;
            ReadOnlySpan<byte> content = opcode == WebSocketOpcode.Close ? [3, 232]
                : payload.AsSpan(0, random.Next(isControl ? 126 : payload.Length));
            all.Write(frame, 0, WebSocketCodec.WriteFrame(frame, new(opcode, 0, (uint)random.Next(1, int.MaxValue), isFinal), content));
        }

        return all.ToArray();
    }
}
