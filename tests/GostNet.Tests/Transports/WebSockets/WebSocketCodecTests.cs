using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

public class WebSocketCodecTests
{
    [Theory]
    [InlineData(0ul, "8200")]
    [InlineData(125ul, "827d")]
    [InlineData(126ul, "827e007e")]
    [InlineData(65_535ul, "827effff")]
    [InlineData(65_536ul, "827f0000000000010000")]
    [InlineData(ulong.MaxValue, "827fffffffffffffffff")]
    public void Header_OfEachLength_IsWrittenShortAndReadAgain(ulong length, string hex)
    {
        byte[] buffer = new byte[WebSocketCodec.MaxHeaderLength];
        WebSocketHeader header = new(WebSocketOpcode.Binary, length);
        int count = WebSocketCodec.WriteHeader(buffer, header);
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.AsSpan(0, count)));
        for (int i = 0; i < count; i++)
        {
            Assert.False(WebSocketCodec.TryReadHeader(buffer.AsSpan(0, i), out _, out int needed));
            Assert.InRange(needed, i + 1, count);
        }

        Assert.True(WebSocketCodec.TryReadHeader(buffer, out WebSocketHeader read, out int consumed));
        Assert.Equal((header, count), (read, consumed));
    }

    [Fact]
    public void Mask_AnyLengthOffsetAndPlace_IsByteByByte()
    {
        Random random = new(7);
        byte[] memory = new byte[400];
        byte[] mask = new byte[4];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(memory);
            random.NextBytes(mask);
            int length = random.Next(200);
            int start = random.Next(memory.Length - length + 1);
            int place = random.Next(3) == 0 ? start : random.Next(start + 1); // the same, or before it
            int offset = random.Next(1000);
            byte[] expected = [.. memory.AsSpan(start, length).ToArray().Select((value, at) => (byte)(value ^ mask[(at + offset) & 3]))];

            WebSocketMask.Apply(memory.AsSpan(start, length), memory.AsSpan(place, length), BitConverter.ToUInt32(mask), offset);

            Assert.Equal(expected, memory.AsSpan(place, length));
        }
    }

    [Fact]
    public void Mask_ManyTimes_IsHardlyEverTheSame()
    {
        HashSet<uint> masks = [];
        for (int i = 0; i < 10_000; i++)
        {
            masks.Add(WebSocketMask.Next());
        }

        Assert.InRange(masks.Count, 9_990, 10_000);
    }
}
