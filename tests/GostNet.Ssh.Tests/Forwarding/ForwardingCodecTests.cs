using System.Net;
using System.Text;
using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Wire;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.Forwarding;

public sealed class ForwardingCodecTests
{
    // Out of recorded sessions: direct-tcpip to 127.0.0.1:7 from 192.0.2.1:55555, and tcpip-forward of localhost:0 with its answer.
    private const string Opening = "000000093132372e302e302e3100000007000000093139322e302e322e310000d903";
    private const string Address = "000000096c6f63616c686f737400000000";
    private const string Port = "00009c56";

    [Fact]
    public void Opening_Recorded_IsReadAndWritten()
    {
        Assert.True(ForwardingCodec.TryReadOpening(Convert.FromHexString(Opening), out ForwardOpening opening));
        Assert.Equal(new ForwardOpening("127.0.0.1", 7, "192.0.2.1", 55555), opening);
        Assert.Equal(Opening, Hex(ForwardingCodec.WriteOpening("127.0.0.1", 7, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 55555))));
    }

    [Fact]
    public void Address_Recorded_IsReadAndWritten()
    {
        Assert.True(ForwardingCodec.TryReadAddress(Convert.FromHexString(Address), out string? host, out uint port));
        Assert.Equal(("localhost", 0u), (host, port));
        Assert.Equal(Address, Hex(ForwardingCodec.WriteAddress("localhost", 0)));
        Assert.True(ForwardingCodec.TryReadPort(Convert.FromHexString(Port), out int chosen));
        Assert.Equal(40022, chosen);
        Assert.Equal(Port, Hex(ForwardingCodec.WritePort(40022)));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("fe80::1%3", "fe80::1")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    public void WriteOpening_Originator_IsANumberWithoutZone(string address, string expected)
    {
        byte[] written = ForwardingCodec.WriteOpening("", 22, new IPEndPoint(IPAddress.Parse(address), 1234));
        Assert.True(ForwardingCodec.TryReadOpening(written, out ForwardOpening opening));
        Assert.Equal(new ForwardOpening("", 22, expected, 1234), opening);
    }

    [Fact]
    public void WriteOpening_OriginatorIsNotKnown_IsAsGostHasIt()
    {
        Assert.True(ForwardingCodec.TryReadOpening(ForwardingCodec.WriteOpening("db", 5432, null), out ForwardOpening opening));
        Assert.Equal(new ForwardOpening("db", 5432, "0.0.0.0", 0), opening);
    }

    [Fact]
    public void TryReadOpening_Truncated_IsRejected()
    {
        byte[] whole = Convert.FromHexString(Opening);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.False(ForwardingCodec.TryReadOpening(whole.AsSpan(0, length), out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000")]
    [InlineData("00000000")]
    [InlineData("00010000")]
    [InlineData("ffffffff")]
    public void TryReadPort_NoPort_IsRejected(string hex) =>
        Assert.False(ForwardingCodec.TryReadPort(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("\u007f")]
    [InlineData("\u0085")]
    public void TryReadAddress_ControlCharacters_AreNoText(string text) => AssertNoText(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void TryReadAddress_NotUtf8_IsNoText() => AssertNoText([0xff, 0x41]);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(65536, false)]
    public void TryReadAddress_Length_IsBounded(int length, bool isText)
    {
        byte[] data = new SshWriter().String(Encoding.ASCII.GetBytes(new string('a', length))).UInt32(22).ToArray();
        Assert.True(ForwardingCodec.TryReadAddress(data, out string? host, out uint port));
        Assert.Equal(isText, host is not null);
        Assert.Equal(22u, port);
    }

    [Theory]
    [InlineData("", "localhost")]
    [InlineData("<nil>", "localhost")]
    [InlineData("[::1]", "::1")]
    [InlineData("::1", "::1")]
    [InlineData("[db]", "[db]")]
    [InlineData("[]", "[]")]
    [InlineData("db", "db")]
    public void ToHost_OfWhatClientsWrite_IsAHost(string text, string expected) => Assert.Equal(expected, ForwardingCodec.ToHost(text));

    [Theory]
    [InlineData("db", 5432, "db:5432")]
    [InlineData("::1", 80, "[::1]:80")]
    [InlineData("2001:db8::7", 80, "[2001:db8::7]:80")]
    [InlineData("127.0.0.1", 0, "127.0.0.1:0")]
    [InlineData("127.0.0.1", 65536, null)]
    [InlineData("127.0.0.1", uint.MaxValue, null)]
    [InlineData("a b", 80, null)]
    [InlineData("[db]", 80, null)]
    [InlineData("a:b", 80, null)]
    [InlineData("::1]:1:[::1", 80, null)]
    [InlineData("db:1", 80, null)]
    [InlineData(null, 80, null)]
    public void ToEndPoint_OfWhatPeersWrite_IsOneOrNothing(string? host, uint port, string? expected) =>
        Assert.Equal(expected, ForwardingCodec.ToEndPoint(host, port)?.ToString());

    [Fact]
    public void TryRead_AnyBytes_NeverThrows()
    {
        byte[][] messages = [Convert.FromHexString(Opening), Convert.FromHexString(Address), Convert.FromHexString(Port)];
        byte[] space = new byte[512];
        Random random = new(20254);
        for (int i = Fuzz.Cases(10_000); i > 0; i--)
        {
            ReadOnlySpan<byte> part = Fuzz.Bend(random, messages, space);
            if (ForwardingCodec.TryReadOpening(part, out ForwardOpening opening))
            {
                _ = ForwardingCodec.ToEndPoint(opening.Host is null ? null : ForwardingCodec.ToHost(opening.Host), opening.Port);
                _ = ForwardingCodec.ToPlainEndPoint(opening.Originator, opening.OriginatorPort);
            }

            if (ForwardingCodec.TryReadAddress(part, out string? host, out uint port) && host is not null)
            {
                _ = ListenAddresses.Find(host, (int)(port % 65536), (GatewayPorts)random.Next(3));
            }

            _ = ForwardingCodec.TryReadPort(part, out _);
        }
    }

    private static void AssertNoText(byte[] bytes)
    {
        Assert.True(ForwardingCodec.TryReadAddress(new SshWriter().String(bytes).UInt32(22).ToArray(), out string? host, out uint port));
        Assert.Null(host);
        Assert.Equal(22u, port);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
