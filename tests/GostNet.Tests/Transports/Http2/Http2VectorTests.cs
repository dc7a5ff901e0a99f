using System.Text.Json;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

/// <summary>Conversations of two GOST 2.8.1, read by the codec, and each side of them held against the other role here.</summary>
public class Http2VectorTests
{
    private static readonly JsonElement Root = Read();

    public static TheoryData<string> Names => [.. Root.GetProperty("vectors").EnumerateArray().Select(vector => Text(vector, "name"))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Conversation_BothWays_IsReadAsItWas(string name)
    {
        JsonElement vector = Vector(name);
        foreach (string direction in (string[])["c2s", "s2c"])
        {
            ReadOnlySpan<byte> bytes = Wire(vector, direction);
            if (direction == "c2s")
            {
                Assert.True(bytes.StartsWith(Http2Codec.Preface));
                bytes = bytes[Http2Codec.Preface.Length..];
            }

            HpackDecoder decoder = new();
            foreach (JsonElement expected in vector.GetProperty("decoded").GetProperty($"{direction}_frames").EnumerateArray())
            {
                Assert.True(Http2Codec.TryReadHeader(bytes, out Http2FrameHeader header));
                Assert.Null(Http2Codec.FindFault(header, Http2Codec.MinMaxFrameSize, out _));
                ReadOnlySpan<byte> payload = bytes.Slice(Http2Codec.HeaderLength, header.Length);
                bytes = bytes[(Http2Codec.HeaderLength + header.Length)..];
                Assert.Equal(
                    (Text(expected, "type"), expected.GetProperty("length").GetInt32(), expected.GetProperty("flags").GetInt32(),
                        expected.GetProperty("stream").GetUInt32()),
                    (NameOf(header.Type), header.Length, (int)header.Flags, header.StreamId));
                AssertPayload(expected, header, payload, decoder);
            }

            Assert.Equal(0, bytes.Length);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Client_OfGost_IsServed(string name)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1024 * 1024);
        await far.Stream.WriteAsync(Wire(Vector(name), "c2s")).OrFail();
        await using IMultiplexSession session = await new Http2ServerLayer(new(), TimeProvider.System).StartAsync(near, default).OrFail();
        Dictionary<uint, byte[]> expected = Data(Vector(name), "c2s");
        foreach ((_, byte[] data) in expected)
        {
            Http2Connection stream = Assert.IsType<Http2Connection>(await session.AcceptAsync(default).OrFail());
            Assert.Equal(data, await stream.ReadToEndAsync().OrFail());
            await stream.DisposeAsync();
        }

        await far.DisposeAsync();
        await session.Completion.OrFail();
        Assert.Null(session.Failure);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Server_OfGost_IsUnderstood(string name)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1024 * 1024);
        await using Http2Session session = Http2Session.Start(near, Http2Profile.OfClient(Http2Pair.Connect), TimeProvider.System);
        Dictionary<uint, byte[]> expected = Data(Vector(name), "s2c");
        List<Task<IConnection>> opening = [.. expected.Select(_ => session.OpenAsync().AsTask())];
        await far.Stream.WriteAsync(Wire(Vector(name), "s2c")).OrFail();
        foreach ((byte[] data, Task<IConnection> open) in expected.Values.Zip(opening))
        {
            IConnection stream = await open.OrFail();
            Assert.Equal(data, await stream.ReadAsync(data.Length).OrFail());
        }

        await far.DisposeAsync();
        await session.Completion.OrFail();
        Assert.Null(session.Failure);
    }

    private static void AssertPayload(JsonElement expected, Http2FrameHeader header, ReadOnlySpan<byte> payload, HpackDecoder decoder)
    {
        switch (header.Type)
        {
            case Http2FrameType.Settings:
                foreach (JsonElement setting in expected.GetProperty("settings").EnumerateArray())
                {
                    Assert.Equal(((Http2SettingId)setting[0].GetInt32(), setting[1].GetUInt32()), Http2Codec.ReadSetting(payload));
                    payload = payload[Http2Codec.SettingLength..];
                }

                break;
            case Http2FrameType.WindowUpdate:
                Assert.Equal(expected.GetProperty("increment").GetInt32(), Http2Codec.ReadIncrement(payload));
                break;
            case Http2FrameType.ResetStream:
                Assert.Equal(expected.GetProperty("error").GetUInt32(), (uint)Http2Codec.ReadErrorCode(payload));
                break;
            case Http2FrameType.Headers:
                Assert.True(Http2Codec.TryReadHeaders(header, payload, out ReadOnlySpan<byte> block));
                List<HeaderField> fields = [];
                Assert.Equal(HpackResult.Done, decoder.Decode(block, Http2Profile.MaxHeaderListSize, fields));
                Assert.Equal(
                    expected.GetProperty("headers").EnumerateArray().Select(field => new HeaderField(field[0].GetString()!, field[1].GetString()!)),
                    fields);
                break;
        }
    }

    private static string NameOf(Http2FrameType type) => type switch
    {
        Http2FrameType.WindowUpdate => "WINDOW_UPDATE",
        Http2FrameType.ResetStream => "RST_STREAM",
        _ => type.ToString().ToUpperInvariant(),
    };

    /// <summary>What a direction carries on each stream, in the order of their opening.</summary>
    private static Dictionary<uint, byte[]> Data(JsonElement vector, string direction)
    {
        Dictionary<uint, byte[]> data = [];
        ReadOnlySpan<byte> bytes = Wire(vector, direction).AsSpan(direction == "c2s" ? Http2Codec.Preface.Length : 0);
        while (Http2Codec.TryReadHeader(bytes, out Http2FrameHeader header))
        {
            ReadOnlySpan<byte> payload = bytes.Slice(Http2Codec.HeaderLength, header.Length);
            if (header.Type == Http2FrameType.Headers)
            {
                data[header.StreamId] = [];
            }
            else if (header.Type == Http2FrameType.Data)
            {
                data[header.StreamId] = [.. data[header.StreamId], .. payload];
            }

            bytes = bytes[(Http2Codec.HeaderLength + header.Length)..];
        }

        return data;
    }

    private static byte[] Wire(JsonElement vector, string direction) =>
        [.. vector.GetProperty("wire").EnumerateArray().Where(part => Text(part, "dir") == direction)
            .SelectMany(part => Convert.FromHexString(Text(part, "hex")))];

    private static JsonElement Vector(string name) =>
        Root.GetProperty("vectors").EnumerateArray().Single(vector => Text(vector, "name") == name);

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static JsonElement Read()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "http2.json")));
        return file.RootElement.Clone();
    }
}
