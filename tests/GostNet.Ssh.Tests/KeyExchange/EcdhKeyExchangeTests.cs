using System.Security.Cryptography;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class EcdhKeyExchangeTests
{
    public static TheoryData<string> Names => ["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"];

    /// <summary>Often enough to meet numbers that begin with a zero byte.</summary>
    [Theory]
    [InlineData("ecdh-sha2-nistp256", 65)]
    [InlineData("ecdh-sha2-nistp384", 97)]
    [InlineData("ecdh-sha2-nistp521", 133)]
    public void Point_IsAlwaysOfOneLength(string name, int length)
    {
        for (int i = 0; i < 300; i++)
        {
            using var method = KeyExchangeMethods.Create(name);
            byte[] point = method.Start();
            Assert.Equal((length, 4), (point.Length, point[0]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Point_ThatIsNone_IsRefused(string name)
    {
        using var method = KeyExchangeMethods.Create(name);
        byte[] good = method.Start();
        int size = (good.Length - 1) / 2;
        byte[] off = [.. good];
        off[^1] ^= 1;
        byte[][] bad =
        [
            [], [0], [4], good[..^1], [.. good, 0], off,
            [4, .. new byte[2 * size]], // infinity, as some write it
            [4, .. Enumerable.Repeat((byte)0xff, 2 * size)], // no numbers of the field
            [(byte)(2 + (good[^1] & 1)), .. good.AsSpan(1, size)], // compressed
            [(byte)(6 + (good[^1] & 1)), .. good[1..]], // both
            [0, .. good[1..]],
        ];

        foreach (byte[] value in bad)
        {
            using var peer = KeyExchangeMethods.Create(name);
            Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => peer.Finish(value)).Reason);
            Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => peer.Respond(value)).Reason);
        }
    }

    /// <summary>A point of another curve with the same length of numbers: its arithmetic would give the private key away.</summary>
    [Fact]
    public void Point_OfAnotherCurve_IsRefused()
    {
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.brainpoolP256r1);
        ECPoint point = other.ExportParameters(includePrivateParameters: false).Q;
        using var method = KeyExchangeMethods.Create("ecdh-sha2-nistp256");

        Assert.Throws<SshException>(() => method.Finish([4, .. point.X!, .. point.Y!]));
    }
}
