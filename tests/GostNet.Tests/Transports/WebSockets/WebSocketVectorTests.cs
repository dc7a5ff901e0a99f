using System.Text;
using System.Text.Json;
using GostNet.Internal.Http;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>What GOST sends is read, and what is written is what GOST sends.</summary>
public class WebSocketVectorTests
{
    private const int GostWriteBuffer = 4096;

    public static TheoryData<string, string> Directions
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string name in WebSocketVectors.Names)
            {
                data.Add(name, "c2s");
                data.Add(name, "s2c");
            }

            return data;
        }
    }

    public static TheoryData<string> Names => [.. WebSocketVectors.Names];

    [Theory]
    [MemberData(nameof(Directions))]
    public void Frames_AreReadAndWrittenTheSame(string name, string direction)
    {
        JsonElement vector = WebSocketVectors.Get(name);
        byte[] wire = WebSocketVectors.Frames(vector, direction);
        byte[] written = new byte[wire.Length + WebSocketCodec.MaxHeaderLength];
        int position = 0;
        foreach ((bool isFinal, bool isCompressed, WebSocketOpcode opcode, bool isMasked, ulong length) in
            WebSocketVectors.Decoded(vector, direction))
        {
            Assert.True(WebSocketCodec.TryReadHeader(wire.AsSpan(position), out WebSocketHeader header, out int headerLength));
            Assert.Equal(
                (isFinal, isCompressed ? WebSocketHeader.Compressed : (byte)0, opcode, isMasked, length),
                (header.IsFinal, header.Reserved, header.Opcode, header.Mask.HasValue, header.Length));
            byte[] payload = wire[(position + headerLength)..(position + headerLength + (int)length)];
            WebSocketMask.Apply(payload, payload, header.Mask ?? 0, 0);
            position += WebSocketCodec.WriteFrame(written.AsSpan(position), header, payload);
        }

        Assert.Equal(wire, written[..position]);
    }

    [Theory]
    [InlineData("ws", "c2s")]
    [InlineData("ws", "s2c")]
    [InlineData("ws with path and agent", "c2s")]
    [InlineData("wss", "c2s")]
    [InlineData("wss", "s2c")]
    public void Application_WrittenAsGostCutsIt_GivesItsBytes(string name, string direction)
    {
        JsonElement vector = WebSocketVectors.Get(name);
        byte[] wire = WebSocketVectors.Frames(vector, direction);
        byte[] written = new byte[wire.Length + WebSocketCodec.MaxHeaderLength];
        int position = 0;
        foreach (byte[] data in WebSocketVectors.Application(vector, direction))
        {
            int limit = direction == "c2s" ? GostWriteBuffer : int.MaxValue;
            for (int start = 0; start < data.Length; start += Math.Min(limit, data.Length - start))
            {
                ReadOnlySpan<byte> part = data.AsSpan(start, Math.Min(limit, data.Length - start));
                WebSocketOpcode opcode = start == 0 ? WebSocketOpcode.Binary : WebSocketOpcode.Continuation;
                Assert.True(WebSocketCodec.TryReadHeader(wire.AsSpan(position), out WebSocketHeader recorded, out _));
                position += WebSocketCodec.WriteFrame(
                    written.AsSpan(position), new(opcode, 0, recorded.Mask, start + part.Length == data.Length), part);
            }
        }

        Assert.Equal(wire, written[..position]);
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task Connection_FedWithTheWire_GivesWhatTheApplicationWrote(string name, string direction)
    {
        JsonElement vector = WebSocketVectors.Get(name);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using WebSocketConnection connection = new(
            near,
            new() { IsServer = direction == "c2s", IsCompressed = name.Contains("deflate", StringComparison.Ordinal) },
            [],
            TimeProvider.System);
        await far.SendAndEndAsync(WebSocketVectors.Frames(vector, direction));

        byte[] received = await connection.ReadToEndAsync().OrFail();

        if (WebSocketVectors.Text(vector, "transport") is "ws" or "wss")
        {
            Assert.Equal(WebSocketVectors.Application(vector, direction).SelectMany(data => data), received);
            return;
        }

        // With smux inside: no frame is lost or cut, and all data is there.
        Assert.Equal(WebSocketVectors.Decoded(vector, direction).Sum(frame => (int)frame.Length), received.Length);
        Assert.Equal(5000, received.Count(value => value == 0x41));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Heads_WithTheRecordedKey_AreTheRecordedOnes(string name)
    {
        JsonElement vector = WebSocketVectors.Get(name);
        string request = WebSocketVectors.Text(vector, "request");
        string key = Field(request, "Sec-WebSocket-Key");
        bool isCompressed = request.Contains("permessage-deflate", StringComparison.Ordinal);
        WebSocketClientOptions options = new()
        {
            Path = request.Split(' ')[1],
            UserAgent = Field(request, "User-Agent"),
            Compression = isCompressed,
        };

        Assert.Equal(request, Encoding.ASCII.GetString(WebSocketUpgrade.PrepareRequest(options, Field(request, "Host"))(key)));
        Assert.Equal(
            WebSocketVectors.Text(vector, "response"), Encoding.ASCII.GetString(WebSocketUpgrade.WriteResponse(key, isCompressed)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Heads_OfGost_AreAccepted(string name)
    {
        JsonElement vector = WebSocketVectors.Get(name);
        string request = WebSocketVectors.Text(vector, "request");
        bool isCompressed = request.Contains("permessage-deflate", StringComparison.Ordinal);
        HttpHead head = new();

        Assert.Equal(HttpHeadError.None, head.ReadRequest(Encoding.ASCII.GetBytes(request)));
        WebSocketServerOptions options = new() { Path = request.Split(' ')[1], Compression = true };
        Assert.Null(WebSocketUpgrade.ReadRequest(head, options, out string key, out bool isAccepted));
        Assert.Equal((Field(request, "Sec-WebSocket-Key"), isCompressed), (key, isAccepted));
        Assert.Null(WebSocketUpgrade.ReadRequest(head, options with { Compression = false }, out _, out isAccepted));
        Assert.False(isAccepted);

        Assert.Equal(HttpHeadError.None, head.ReadResponse(Encoding.ASCII.GetBytes(WebSocketVectors.Text(vector, "response"))));
        Assert.Null(WebSocketUpgrade.ReadResponse(head, key, isCompressed, out isAccepted));
        Assert.Equal(isCompressed, isAccepted);
    }

    [Fact]
    public void Accept_OfTheRecordedKeys_IsTheRecordedOne() =>
        Assert.All(WebSocketVectors.AcceptKeys, pair => Assert.Equal(pair.Accept, WebSocketUpgrade.Accept(pair.Key)));

    private static string Field(string head, string name) =>
        head.Split("\r\n").Single(line => line.StartsWith(name + ": ", StringComparison.Ordinal))[(name.Length + 2)..];
}
