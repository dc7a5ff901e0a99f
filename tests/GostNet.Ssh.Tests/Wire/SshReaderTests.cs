using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.Wire;

public sealed class SshReaderTests
{
    [Theory]
    [InlineData("", "00000000")]
    [InlineData("00", "00000000")]
    [InlineData("7f", "000000017f")]
    [InlineData("80", "000000020080")]
    [InlineData("000102", "000000020102")]
    [InlineData("00ff", "0000000200ff")]
    public void Mpint_OfABigEndianNumber_IsWrittenAndReadBack(string number, string expected)
    {
        ReadOnlySpan<byte> written = new SshWriter().Mpint(Convert.FromHexString(number)).Written;

        Assert.Equal(expected, Convert.ToHexStringLower(written));
        var reader = new SshReader(written);
        Assert.True(reader.TryReadMpint(out ReadOnlySpan<byte> value));
        Assert.Equal(Convert.ToHexStringLower(Convert.FromHexString(number).AsSpan().TrimStart((byte)0)), Convert.ToHexStringLower(value));
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData("")]
    [InlineData("000000")]
    [InlineData("00000001")]
    [InlineData("ffffffff00")]
    [InlineData("80000000")]
    public void String_ThatEndsBeforeItsLength_IsNotRead(string source) =>
        Assert.False(new SshReader(Convert.FromHexString(source)).TryReadString(out _));

    [Fact]
    public void Mpint_ThatIsNegative_IsNotRead() => Assert.False(new SshReader([0, 0, 0, 1, 0x80]).TryReadMpint(out _));

    [Theory]
    [InlineData("0000000161", true)]
    [InlineData("00000000", true)]
    [InlineData("0000000120", false)]
    [InlineData("00000001c3", false)]
    [InlineData("000000056162636465", false)]
    public void Name_OfVisibleAscii_IsReadUpToItsLimit(string source, bool expected) =>
        Assert.Equal(expected, new SshReader(Convert.FromHexString(source)).TryReadName(maxLength: 4, out _));

    [Fact]
    public void Escape_OfHostileText_IsOneShortLine()
    {
        byte[] text = [.. "a\r\n\u001b[31m"u8, .. Enumerable.Repeat((byte)'x', 1 << 20)];

        string shown = PeerText.Escape(text);

        Assert.StartsWith("a\\x0d\\x0a\\x1b[31mxxx", shown, StringComparison.Ordinal);
        Assert.InRange(shown.Length, PeerText.MaxLength, PeerText.MaxLength + 1);
    }
}
