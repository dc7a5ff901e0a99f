using System.Security.Cryptography;
using System.Text.Json;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

public class SmuxCodecTests
{
    public static TheoryData<string> FrameNames => [.. SmuxVectors.Frames.Select(frame => SmuxVectors.Text(frame, "name"))];

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void Write_Recorded_GivesTheSameBytes(string name)
    {
        JsonElement vector = Vector(name, out SmuxHeader header);
        byte[] written = new byte[SmuxCodec.HeaderLength + header.Length];
        if (header.Command == SmuxCommand.Update)
        {
            int length = SmuxCodec.WriteUpdate(
                written, header.Version, header.StreamId, vector.GetProperty("consumed").GetUInt32(), vector.GetProperty("window").GetUInt32());
            Assert.Equal(written.Length, length);
        }
        else
        {
            Assert.Equal(SmuxCodec.HeaderLength, SmuxCodec.WriteHeader(written, header));
            Payload(vector, header).CopyTo(written, SmuxCodec.HeaderLength);
        }

        if (vector.TryGetProperty("frame", out JsonElement frame))
        {
            Assert.Equal(frame.GetString(), Convert.ToHexStringLower(written));
        }
        else
        {
            Assert.Equal(SmuxVectors.Text(vector, "header"), Convert.ToHexStringLower(written.AsSpan(0, SmuxCodec.HeaderLength)));
            Assert.Equal(SmuxVectors.Text(vector, "frame_sha256"), Convert.ToHexStringLower(SHA256.HashData(written)));
        }
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public void TryRead_Recorded_UnderstandsThem(string name)
    {
        JsonElement vector = Vector(name, out SmuxHeader expected);
        byte[] bytes = Convert.FromHexString(
            SmuxVectors.Text(vector, vector.TryGetProperty("frame", out _) ? "frame" : "header"));

        Assert.True(SmuxCodec.TryReadHeader(bytes, out SmuxHeader header));
        Assert.Equal(expected, header);
        Assert.Null(SmuxCodec.FindFault(header, expected.Version));
        if (header.Command == SmuxCommand.Update)
        {
            Assert.True(SmuxCodec.TryReadUpdate(bytes.AsSpan(SmuxCodec.HeaderLength), out uint consumed, out uint window));
            Assert.Equal(vector.GetProperty("consumed").GetUInt32(), consumed);
            Assert.Equal(vector.GetProperty("window").GetUInt32(), window);
        }
    }

    [Fact]
    public void TryRead_EveryTruncation_AsksForMore()
    {
        byte[] bytes = Convert.FromHexString("02040800030000000300000000000100");
        for (int length = 0; length < SmuxCodec.HeaderLength; length++)
        {
            Assert.False(SmuxCodec.TryReadHeader(bytes.AsSpan(0, length), out _));
            Assert.False(SmuxCodec.TryReadUpdate(bytes.AsSpan(SmuxCodec.HeaderLength, length), out _, out _));
        }
    }

    [Theory]
    [InlineData(1, 1, 0, 0, null)]
    [InlineData(2, 1, 0, 0, "its version is 2, and this session's is 1")]
    [InlineData(0, 2, 0, 0, "its version is 0, and this session's is 2")]
    [InlineData(1, 1, 5, 0, "there is no command 5")]
    [InlineData(2, 2, 255, 0, "there is no command 255")]
    [InlineData(1, 1, 4, 8, "there is no command 4 in version 1")]
    [InlineData(2, 2, 4, 8, null)]
    [InlineData(2, 2, 4, 4, "a window update has 8 bytes, not 4")]
    [InlineData(2, 2, 4, 9, "a window update has 8 bytes, not 9")]
    [InlineData(1, 1, 0, 3, "command 0 carries no data, and here are 3 bytes")]
    [InlineData(1, 1, 1, 1, "command 1 carries no data, and here are 1 bytes")]
    [InlineData(1, 1, 3, 2, "command 3 carries no data, and here are 2 bytes")]
    [InlineData(1, 1, 2, 0, null)]
    [InlineData(1, 1, 2, 65_535, null)]
    public void FindFault_OfAHeader_SaysWhatIsWrong(byte version, int sessionVersion, byte command, ushort length, string? fault) =>
        Assert.Equal(fault, SmuxCodec.FindFault(new(version, (SmuxCommand)command, length, 3), sessionVersion));

    private static JsonElement Vector(string name, out SmuxHeader header)
    {
        JsonElement vector = SmuxVectors.Frames.Single(frame => SmuxVectors.Text(frame, "name") == name);
        header = new(
            vector.GetProperty("version").GetByte(),
            (SmuxCommand)vector.GetProperty("cmd").GetByte(),
            vector.GetProperty("length").GetUInt16(),
            vector.GetProperty("stream_id").GetUInt32());
        return vector;
    }

    private static byte[] Payload(JsonElement vector, SmuxHeader header) =>
        vector.TryGetProperty("payload", out JsonElement payload) ? Convert.FromHexString(payload.GetString()!)
        : SmuxVectors.Pattern(SmuxVectors.Text(vector, "name").Contains("part2", StringComparison.Ordinal)
            ? (header.Length == 904 ? 4096 : 32_768)
            : 0, header.Length);
}
