using System.Buffers;
using System.Text;
using GostNet.Protocols.Http;

namespace GostNet.Tests.Protocols.Http;

public class HttpChunkFilterTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "0\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("00000000000000aF\r\n", "00000000000000aF\r\n", "", false)]
    [InlineData("1;a=b;c=\"\td\"\r\nx\r\n000 ; z\r\nT: 1\r\nU:\r\n\r\n", "1\r\nx\r\n000\r\n\r\n", "x")]
    [InlineData("1 \t \r\nx\r\n0\r\n\r\n", "1\r\nx\r\n0\r\n\r\n", "x")]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("7FFFFFFFFFFFFFFF\r\nabc", "7FFFFFFFFFFFFFFF\r\nabc", "abc", false)]
    public void Read_OfABody_KeepsChunksOrDataHoweverItIsCut(string body, string chunks, string data, bool isComplete = true)
    {
        for (int size = 1; size <= body.Length; size++)
        {
            Assert.Equal((chunks, isComplete, ""), Run(body, size, keepsChunks: true));
            Assert.Equal((data, isComplete, ""), Run(body, size, keepsChunks: false));
        }
    }

    [Fact]
    public void Read_BehindTheEnd_LeavesWhatFollows()
    {
        Assert.Equal(("0\r\n\r\n", true, "GET /"), Run("0\r\n\r\nGET /", int.MaxValue, keepsChunks: true));
        Assert.Equal(("", true, "GET /"), Run("0\r\nT: 1\r\n\r\nGET /", int.MaxValue, keepsChunks: false));
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData(";a\r\n")]
    [InlineData(" 5\r\n")]
    [InlineData("x\r\n")]
    [InlineData("-5\r\n")]
    [InlineData("0x5\r\n")]
    [InlineData("5\n")]
    [InlineData("5\rx")]
    [InlineData("5 5\r\n")]
    [InlineData("5;a\nb\r\n")]
    [InlineData("5;a\rb\r\n")]
    [InlineData("5;\0\r\n")]
    [InlineData("1\r\nxy")]
    [InlineData("1\r\nx\n")]
    [InlineData("1\r\nx\r\r")]
    [InlineData("8000000000000000\r\n")]
    [InlineData("00000000000000001\r\n")]
    [InlineData("0\r\n\n")]
    [InlineData("0\r\n folded: 1\r\n\r\n")]
    [InlineData("0\r\nA b: 1\r\n\r\n")]
    [InlineData("0\r\nA\r\n\r\n")]
    [InlineData("0\r\n: 1\r\n\r\n")]
    [InlineData("0\r\nA: 1\n\r\n")]
    [InlineData("0\r\nA: \0\r\n\r\n")]
    public void Read_OfABrokenBody_Refuses(string body)
    {
        for (int size = 1; size <= body.Length; size++)
        {
            Assert.Null(Run(body, size, keepsChunks: true).Kept);
        }
    }

    [Theory]
    [InlineData("5;", 4096, true)]
    [InlineData("5;", 4097, false)]
    [InlineData("0\r\nT:", 65534, true)]
    [InlineData("0\r\nT:", 65535, false)]
    public void Read_OfALongLine_RefusesWhatIsTooLong(string start, int count, bool isRead) =>
        Assert.Equal(isRead, Run(start + new string('x', count), int.MaxValue, keepsChunks: true).Kept is not null);

    private static (string? Kept, bool IsComplete, string Behind) Run(string body, int size, bool keepsChunks)
    {
        HttpChunkFilter filter = new(keepsChunks);
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        StringBuilder all = new();
        int position = 0;
        while (position < bytes.Length && !filter.IsComplete)
        {
            Span<byte> piece = bytes.AsSpan(position, Math.Min(size, bytes.Length - position));
            if (filter.Read(piece, out int consumed, out int kept) == OperationStatus.InvalidData)
            {
                return (null, false, "");
            }

            all.Append(Encoding.Latin1.GetString(piece[..kept]));
            position += consumed;
        }

        return (all.ToString(), filter.IsComplete, Encoding.Latin1.GetString(bytes.AsSpan(position)));
    }
}
