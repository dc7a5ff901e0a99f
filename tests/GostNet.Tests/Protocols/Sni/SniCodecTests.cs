using System.Buffers;
using System.Text;
using GostNet.Internal.Tls;
using GostNet.Protocols.Http;
using GostNet.Protocols.Sni;

namespace GostNet.Tests.Protocols.Sni;

public sealed class SniCodecTests
{
    private static readonly byte[] Name = Hello.ServerName("secret.example.com"u8);
    private static readonly byte[] Other = Hello.Extension(0x2B, 2, 3, 4);

    public static readonly TheoryData<byte[]> Hostile = new()
    {
        Hello.Message(Name, Name),
        Hello.Message(Name, Other, Other),
        Hello.Message(Hello.Extension(0)), // GOST dies of it
        Hello.Message(Hello.Extension(0, 0, 0)),
        Hello.Message(Hello.Extension(0, 0, 3, 0, 0, 0)),
        Hello.Message(Hello.Extension(0, 0, 4, 0, 0, 2, (byte)'a')), // the name runs past the list
        Hello.Message(Hello.Extension(0, 0, 9, 0, 0, 1, (byte)'a')), // the list runs past the extension
        Hello.Message(Hello.Extension(0, 0, 8, 0, 0, 1, (byte)'a', 0, 0, 1, (byte)'b')), // two names
        Hello.Message(Hello.ServerName("a"u8, nameType: 1)),
        Hello.Message(Hello.ServerName(Encoding.ASCII.GetBytes(new string('a', 254)))),
        Hello.Message(Hello.ServerName("a\0b"u8)),
        Hello.Message(Hello.ServerName("a b"u8)),
        Hello.Message(Hello.ServerName("a:443"u8)),
        Hello.Message(Hello.ServerName("127.0.0.1"u8)),
        Hello.Message(Hello.ServerName("127.1"u8)),
        Hello.Message(Hello.ServerName("0x7f000001"u8)),
        Hello.Message(Hello.ServerName("::1"u8)),
        Hello.Message(Hello.ServerName("..."u8)),
        Hello.Message(Hello.ServerName([0xC3, 0xA4])),
        Hello.Message(Name, Hello.Extension(0xFFFE, [.. "Hu9xXVlTNWl"u8])), // the checksum is another's
        Hello.Message(Name, Hello.Extension(0xFFFE, [.. "Hu9xXVlTNW="u8])),
        Hello.Message(Name, Hello.Extension(0xFFFE, [.. "Hu9"u8])),
        Hello.Message(Name, Hello.Extension(0xFFFE)),
        Hello.Message(Name, Hello.Extension(0xFFFE, HiddenHost.Encode("127.0.0.1"u8))),
        Hello.Message(Name, Hello.Extension(0xFFFE, HiddenHost.Encode(""u8))),
        Hello.Message(Name, [0, 1, 0, 9, 0]), // an extension runs past the end
        Hello.Message(Name, [0, 1, 0]),
        (byte[])[.. Hello.Message(Name), 0],
        Hello.Message(Name)[..^1],
    };

    [Theory]
    [InlineData("a.b", "Hu9xXVlTNWk")]
    [InlineData("secret.example.com", "I6NvSGMyVmpjbVYwTG1WNFlXMXdiR1V1WTI5dA")]
    public void HiddenHost_Examples_AreWrittenAndRead(string name, string text)
    {
        Assert.Equal(text, Encoding.ASCII.GetString(HiddenHost.Encode(Encoding.ASCII.GetBytes(name))));
        Assert.True(HiddenHost.TryDecode(Encoding.ASCII.GetBytes(text), out byte[]? decoded));
        Assert.Equal(name, Encoding.ASCII.GetString(decoded));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void TryReadNames_HostileMessage_IsRefused(byte[] message) => Assert.False(SniCodec.TryReadNames(message, out _, out _));

    [Fact]
    public void TryReadNames_WithoutAName_TellsSo()
    {
        Assert.True(SniCodec.TryReadNames(Hello.Message(Other), out string? name, out string? hidden));
        Assert.Null(name);
        Assert.Null(hidden);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(16_384)]
    public async Task ReadMessage_InRecordsOfAnySize_ReadsNoMoreThanItNeeds(int size)
    {
        byte[] message = (await Hello.RealAsync("secret.example.com"))[TlsRecord.HeaderLength..];
        byte[] records = Hello.Records(message, size);
        byte[] source = [.. records, 0x17, 3, 3, 0, 1];
        byte[] space = new byte[source.Length];
        int have = 0;
        int rounds = 0;
        while (true)
        {
            OperationStatus status = SniCodec.ReadMessage(source.AsSpan(0, have), space, out int length, out int consumed);
            if (status == OperationStatus.Done)
            {
                Assert.Equal(records.Length, consumed);
                Assert.Equal(message, space[..length]);
                break;
            }

            Assert.Equal(OperationStatus.NeedMoreData, status);
            Assert.InRange(consumed, have + 1, records.Length);
            have = consumed;
            Assert.InRange(++rounds, 1, 2 * ((message.Length / size) + 2));
        }
    }

    [Theory]
    [InlineData("17 0303 0001 00")]
    [InlineData("16 02")]
    [InlineData("16 0301 0000")]
    [InlineData("16 0301 4101")] // longer than a record may be
    [InlineData("16 0301 4000")] // longer than 16 KiB with its header
    [InlineData("16 0301 0001 02")] // no ClientHello
    [InlineData("16 0301 0004 01 004000")]
    [InlineData("16 0301 0006 01 000001 0000")] // something behind it
    [InlineData("16 0301 0004 01 000010 17")] // another type within it
    public void ReadMessage_HostileRecords_AreRefused(string hex) => Assert.Equal(
        OperationStatus.InvalidData, SniCodec.ReadMessage(ScriptedPeer.Hex(hex), new byte[100], out _, out _));

    [Theory]
    [InlineData("front.example")]
    [InlineData("x")]
    [InlineData("a-name-that-is-longer-than-the-hidden-one.front.example")]
    public async Task Rewrite_DisguisedAndRestored_IsTheSameToTheByte(string front)
    {
        byte[] records = await Hello.RealAsync("secret.example.com");
        byte[] host = Encoding.ASCII.GetBytes(front);

        Assert.Equal(OperationStatus.Done, SniDisguise.Rewrite(records, host, out byte[] disguised, out int consumed));

        Assert.Equal(records.Length, consumed);
        Assert.Equal(-1, disguised.AsSpan().IndexOf("secret.example.com"u8));
        byte[] message = new byte[disguised.Length];
        Assert.Equal(OperationStatus.Done, SniCodec.ReadMessage(disguised, message, out int length, out _));
        Assert.True(SniCodec.TryReadNames(message.AsSpan(0, length), out string? name, out string? hidden));
        Assert.Equal((front, "secret.example.com"), (name, hidden));
        Assert.EndsWith(
            Convert.ToHexString(Hello.Extension(0xFFFE, [.. "I6NvSGMyVmpjbVYwTG1WNFlXMXdiR1V1WTI5dA"u8])), Convert.ToHexString(disguised));

        byte[] restored = new byte[length + SniCodec.MaxGrowth];
        int count = SniCodec.Rewrite(message.AsSpan(0, length), 0x0301, "secret.example.com"u8, default, restored);
        Assert.Equal(Convert.ToHexString(records), Convert.ToHexString(restored[..count]));
    }

    [Fact]
    public void Rewrite_LongerThanARecord_HasTwo()
    {
        byte[] message = Hello.Message(Name, Hello.Extension(21, new byte[TlsRecord.MaxLength - 120]));
        byte[] output = new byte[message.Length + SniCodec.MaxGrowth];
        int count = SniCodec.Rewrite(message, 0x0301, Encoding.ASCII.GetBytes(new string('a', 250)), "secret.example.com"u8, output);

        byte[] read = new byte[count];
        Assert.Equal(TlsRecord.MaxLength, TlsRecord.ReadHeader(output).Length);
        (byte type, ushort version, int length) = TlsRecord.ReadHeader(output.AsSpan(TlsRecord.HeaderLength + TlsRecord.MaxLength));
        Assert.Equal((TlsRecord.Handshake, 0x0301, count - (2 * TlsRecord.HeaderLength) - TlsRecord.MaxLength), (type, version, length));
        output.AsSpan(5, TlsRecord.MaxLength).CopyTo(read);
        output.AsSpan(10 + TlsRecord.MaxLength, length).CopyTo(read.AsSpan(TlsRecord.MaxLength));
        Assert.True(SniCodec.TryReadNames(read.AsSpan(0, count - 10), out _, out string? hidden));
        Assert.Equal("secret.example.com", hidden);
    }

    [Fact]
    public async Task Codec_BentHellos_AreReadOrRefused()
    {
        Random random = new(31);
        byte[] real = await Hello.RealAsync("secret.example.com");
        Assert.Equal(OperationStatus.Done, SniDisguise.Rewrite(real, "front.example"u8, out byte[] disguised, out _));
        byte[][] hellos =
            [real, disguised, Hello.Records(real[5..], 50), Hello.Records(Hello.Message(Name, Other)), Hello.Records(Hello.Message(Other))];
        byte[] space = new byte[4096];
        byte[] message = new byte[4096];
        int cases = Fuzz.Cases(10_000);
        int named = 0;
        for (int i = 0; i < cases; i++)
        {
            ReadOnlySpan<byte> bent = Fuzz.Bend(random, hellos, space);
            OperationStatus status = SniCodec.ReadMessage(bent, message, out int length, out int consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                Assert.InRange(consumed, bent.Length + 1, SniCodec.MaxLength);
            }

            if (status == OperationStatus.Done && SniCodec.TryReadNames(message.AsSpan(0, length), out string? name, out string? hidden)
                && (hidden ?? name) is { } target)
            {
                named++;
                Assert.Equal(target, new HostEndPoint(target, 443).Host);
                byte[] output = new byte[length + SniCodec.MaxGrowth];
                Assert.InRange(SniCodec.Rewrite(message.AsSpan(0, length), 0x0303, "x"u8, default, output), 1, output.Length);
            }

            SniDisguise.Rewrite(bent, "front.example"u8, out _, out _);
        }

        Assert.InRange(named, cases / 20, cases);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2001:4860:4860::8888", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.128.0.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b::8.8.8.8", true)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%3", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("127.1", false)]
    [InlineData("0x7f.1", false)]
    [InlineData("localhost", false)]
    [InlineData("LOCALHOST.", false)]
    [InlineData("a.localhost", false)]
    [InlineData("notlocalhost", true)]
    [InlineData("", false)]
    public void PublicAddresses_OfHosts_AreTold(string host, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.MayContain(new HostEndPoint(host, 443)));
}
