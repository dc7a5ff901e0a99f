using System.Buffers;
using System.Net;
using GostNet.Protocols.Socks;

namespace GostNet.Tests.Protocols.Socks;

public class Socks4CodecTests
{
    private readonly byte[] _buffer = new byte[Socks4Codec.MaxMessageLength];

    [Theory]
    [InlineData(1, "127.0.0.1", 20080, "", null, "04 01 4e70 7f000001 00")]
    [InlineData(2, "0.0.0.0", 20081, "me", null, "04 02 4e71 00000000 6d6500")]
    [InlineData(1, "0.0.0.1", 20080, "", "example.com", "04 01 4e70 00000001 00 6578616d706c652e636f6d 00")]
    [InlineData(1, "0.0.0.1", 20080, "", "", "04 01 4e70 00000001 00 00")]
    public void Request_RoundTrip_AndEveryTruncation(byte command, string address, int port, string userId, string? name, string hex)
    {
        int length = Socks4Codec.WriteRequest(_buffer, (Socks4Command)command, IPAddress.Parse(address), port, userId, name);

        Assert.Equal(ScriptedPeer.Hex(hex), _buffer[..length]);
        Assert.Equal(
            new((Socks4Command)command, new(name ?? address, port), userId),
            Socks5CodecTests.Complete<Socks4Request>(Socks4Codec.ReadRequest, _buffer[..length]));
    }

    [Theory]
    [InlineData(511, 253, true)]
    [InlineData(512, 253, false)]
    [InlineData(511, 256, false)]
    public void ReadRequest_TextsWithoutEnd_AreLimited(int userIdLength, int nameLength, bool isValid)
    {
        byte[] message =
            [4, 1, 0, 80, 0, 0, 0, 1, .. Enumerable.Repeat((byte)'u', userIdLength), 0, .. Enumerable.Repeat((byte)'n', nameLength)];

        Assert.Equal(
            isValid ? OperationStatus.NeedMoreData : OperationStatus.InvalidData, Socks4Codec.ReadRequest(message, out _, out _));
        Assert.Equal(
            isValid ? OperationStatus.Done : OperationStatus.InvalidData, Socks4Codec.ReadRequest([.. message, 0], out _, out _));
    }

    [Fact]
    public void ReadRequest_OtherVersion_IsInvalid() =>
        Assert.Equal(OperationStatus.InvalidData, Socks4Codec.ReadRequest([5], out _, out _));

    [Fact]
    public void Reply_RoundTrip_AndEveryTruncation()
    {
        int length = Socks4Codec.WriteReply(_buffer, Socks4ReplyCode.Granted);

        Assert.Equal(ScriptedPeer.Hex("00 5a 0000 00000000"), _buffer[..length]);
        Assert.Equal(Socks4ReplyCode.Granted, Socks5CodecTests.Complete<Socks4ReplyCode>(Socks4Codec.ReadReply, _buffer[..length]));
        Assert.Equal(OperationStatus.InvalidData, Socks4Codec.ReadReply([4], out _, out _));
    }
}
