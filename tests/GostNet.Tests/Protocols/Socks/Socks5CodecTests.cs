using System.Buffers;
using System.Net;
using GostNet.Protocols;
using GostNet.Protocols.Socks;

namespace GostNet.Tests.Protocols.Socks;

public class Socks5CodecTests
{
    private readonly byte[] _buffer = new byte[Socks5Codec.MaxMessageLength];

    public static TheoryData<byte, string?, int, string> Replies => new()
    {
        { 0, null, 0, "05 00 00 01 00000000 0000" },
        { 0, "127.0.0.1", 20080, "05 00 00 01 7f000001 4e70" },
        { 0, "::1", 1, "05 00 00 04 00000000000000000000000000000001 0001" },
        { 0, "::ffff:10.1.2.3", 65535, "05 00 00 04 00000000000000000000ffff0a010203 ffff" }, // gost 2.12 (socks, section 5)
        { 0, "localhost", 20080, "05 00 00 03 09 6c6f63616c686f7374 4e70" },
        { 0, "", 80, "05 00 00 03 00 0050" },
    };

    [Fact]
    public void Greeting_RoundTrip_AndEveryTruncation()
    {
        int length = Socks5Codec.WriteGreeting(_buffer, [Socks5Method.None, Socks5Method.UserPassword, (Socks5Method)0x80]);

        Assert.Equal(ScriptedPeer.Hex("05 03 000280"), _buffer[..length]);
        Assert.Equal([0, (Socks5Method)2, (Socks5Method)0x80], Complete<Socks5Method[]>(Socks5Codec.ReadGreeting, _buffer[..length]));
    }

    [Fact]
    public void Greeting_255Methods_IsRead()
    {
        byte[] greeting = [5, 255, .. Enumerable.Range(0, 255).Select(i => (byte)i)];

        Assert.Equal(255, Complete<Socks5Method[]>(Socks5Codec.ReadGreeting, greeting).Length);
    }

    [Theory]
    [InlineData("05 00")]
    [InlineData("04")]
    [InlineData("47 45 54")]
    public void ReadGreeting_NoMethodsOrOtherVersion_IsInvalid(string hex) =>
        Assert.Equal(OperationStatus.InvalidData, Socks5Codec.ReadGreeting(ScriptedPeer.Hex(hex), out _, out _));

    [Fact]
    public void Method_RoundTrip_AndEveryTruncation()
    {
        Assert.Equal(2, Socks5Codec.WriteMethod(_buffer, Socks5Method.NoneAcceptable));
        Assert.Equal(ScriptedPeer.Hex("05 ff"), _buffer[..2]);
        Assert.Equal(Socks5Method.NoneAcceptable, Complete<Socks5Method>(Socks5Codec.ReadMethod, _buffer[..2]));
        Assert.Equal(OperationStatus.InvalidData, Socks5Codec.ReadMethod([4], out _, out _));
    }

    [Theory]
    [InlineData("user", "pass", "01 04 75736572 04 70617373")]
    [InlineData("", "", "01 00 00")]
    [InlineData("ü", "", "01 02 c3bc 00")]
    [InlineData("", "ü", "01 00 02 c3bc")]
    public void Login_RoundTrip_AndEveryTruncation(string user, string password, string hex)
    {
        int length = Socks5Codec.WriteLogin(_buffer, new(user, password));

        Assert.Equal(ScriptedPeer.Hex(hex), _buffer[..length]);
        NetworkCredential? read = Complete<NetworkCredential?>(Socks5Codec.ReadLogin, _buffer[..length]);
        Assert.Equal((user, password), (read!.UserName, read.Password));
    }

    [Fact]
    public void Login_LongestStrings_FillTheLongestMessage()
    {
        string longest = new('x', Socks5Codec.MaxStringLength);

        Assert.Equal(Socks5Codec.MaxMessageLength, Socks5Codec.WriteLogin(_buffer, new(longest, longest)));
        Assert.Equal(longest, Complete<NetworkCredential?>(Socks5Codec.ReadLogin, _buffer)!.Password);
    }

    [Theory]
    [InlineData(true, "01 00", 0)]
    [InlineData(false, "01 01", 1)]
    public void LoginStatus_RoundTrip_AndEveryTruncation(bool succeeded, string hex, byte status)
    {
        Assert.Equal(2, Socks5Codec.WriteLoginStatus(_buffer, succeeded));
        Assert.Equal(ScriptedPeer.Hex(hex), _buffer[..2]);
        Assert.Equal(status, Complete<byte>(Socks5Codec.ReadLoginStatus, _buffer[..2]));
        Assert.Equal(OperationStatus.InvalidData, Socks5Codec.ReadLoginStatus([5, 0], out _, out _));
    }

    [Theory]
    [InlineData(1, "127.0.0.1", 20080, "05 01 00 03 09 3132372e302e302e31 4e70")] // CONNECT: text always
    [InlineData(1, "::1", 80, "05 01 00 03 03 3a3a31 0050")]
    [InlineData(1, "", 80, "05 01 00 03 00 0050")]
    [InlineData(1, "bücher.example", 80, "05 01 00 03 15 786e2d2d62636865722d6b76612e6578616d706c65 0050")]
    [InlineData(2, "127.0.0.1", 20081, "05 02 00 01 7f000001 4e71")]
    [InlineData(2, "::1", 20081, "05 02 00 04 00000000000000000000000000000001 4e71")]
    [InlineData(3, "localhost", 0, "05 03 00 03 09 6c6f63616c686f7374 0000")]
    public void Request_RoundTrip_AndEveryTruncation(byte command, string host, int port, string hex)
    {
        int length = Socks5Codec.WriteRequest(_buffer, (Socks5Command)command, new(host, port));

        Assert.Equal(ScriptedPeer.Hex(hex), _buffer[..length]);
        Socks5Request request = Complete<Socks5Request>(Socks5Codec.ReadRequest, _buffer[..length]);
        Assert.Equal((Socks5Command)command, request.Command);
        Assert.Equal(host == "bücher.example" ? "xn--bcher-kva.example" : host, request.Address!.Host);
        Assert.Equal(port, request.Address.Port);
    }

    [Fact]
    public void Request_LongestName_Fits()
    {
        HostEndPoint target = new(string.Concat(Enumerable.Repeat("abcdefghij.", 23)), 65535);

        int length = Socks5Codec.WriteRequest(_buffer, Socks5Command.Connect, target);

        Assert.Equal(target, Complete<Socks5Request>(Socks5Codec.ReadRequest, _buffer[..length]).Address);
    }

    [Theory]
    [InlineData("05 01 00 03 03 610062 0050")] // NUL
    [InlineData("05 01 00 03 03 610a62 0050")]
    [InlineData("05 01 00 03 02 ff61 0050")] // not UTF-8
    [InlineData("05 01 00 03 03 612062 0050")]
    public void ReadRequest_NameThatIsNone_HasNoAddress(string hex) =>
        Assert.Null(Complete<Socks5Request>(Socks5Codec.ReadRequest, ScriptedPeer.Hex(hex)).Address);

    [Theory]
    [InlineData("04")]
    [InlineData("05 01 00 02")]
    [InlineData("05 01 00 00 00")]
    public void ReadRequest_OtherVersionOrAddressType_IsInvalid(string hex) =>
        Assert.Equal(OperationStatus.InvalidData, Socks5Codec.ReadRequest(ScriptedPeer.Hex(hex), out _, out _));

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_RoundTrip_AndEveryTruncation(byte code, string? host, int port, string hex)
    {
        int length = Socks5Codec.WriteReply(_buffer, (Socks5ReplyCode)code, host is null ? null : new(host, port));

        Assert.Equal(ScriptedPeer.Hex(hex), _buffer[..length]);
        Socks5Reply reply = Complete<Socks5Reply>(Socks5Codec.ReadReply, _buffer[..length]);
        Assert.Equal(new(host ?? "0.0.0.0", port), reply.Bound);
    }

    [Fact]
    public void ReadReply_ReservedByteSet_IsAccepted() =>
        Assert.Equal(new("1.2.3.4", 5), Complete<Socks5Reply>(Socks5Codec.ReadReply, ScriptedPeer.Hex("05 00 ff 01 01020304 0005")).Bound);

    [Theory]
    [InlineData("05 05 00 01")]
    [InlineData("05 05 00 00")]
    [InlineData("05 05 00 63")]
    public void ReadReply_Refusal_IsCompleteWithoutItsAddress(string hex) =>
        Assert.Equal(Socks5ReplyCode.ConnectionRefused, Complete<Socks5Reply>(Socks5Codec.ReadReply, ScriptedPeer.Hex(hex)).Code);

    [Theory]
    [InlineData("04")]
    [InlineData("48 54 54 50")]
    [InlineData("05 00 00 02")]
    public void ReadReply_OtherVersionOrAddressType_IsInvalid(string hex) =>
        Assert.Equal(OperationStatus.InvalidData, Socks5Codec.ReadReply(ScriptedPeer.Hex(hex), out _, out _));

    /// <summary>Reads a whole message. Every truncation of it must ask for more, and never for more than there is.</summary>
    internal static T Complete<T>(MessageReader<T> read, byte[] message)
    {
        for (int count = 0; count < message.Length; count++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, read(message.AsSpan(0, count), out _, out int atLeast));
            Assert.InRange(atLeast, count + 1, message.Length);
        }

        byte[] withPayload = [.. message, 0xAA, 0x00, 0x05];
        Assert.Equal(OperationStatus.Done, read(withPayload, out _, out int length));
        Assert.Equal(message.Length, length);
        Assert.Equal(OperationStatus.Done, read(message, out T result, out _));
        return result;
    }
}
