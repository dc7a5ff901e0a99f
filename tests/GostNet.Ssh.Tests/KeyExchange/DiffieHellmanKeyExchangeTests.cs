using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using GostNet.Ssh.KeyExchange;
using GostNet.Ssh.Wire;
using Org.BouncyCastle.Crypto.Agreement;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class DiffieHellmanKeyExchangeTests
{
    public static TheoryData<int> Groups => [14, 16];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Power_OfAnyNumber_IsThatOfBigInteger(int group)
    {
        BigInteger prime = PrimeOf(group);
        byte[] most = Mpint(prime - 2).AsSpan().TrimStart((byte)0).ToArray();
        byte[][] values = [[2], most, RandomNumberGenerator.GetBytes(GroupOf(group).Size - 1)];
        byte[][] exponents = [[0], [1], [2], [0x0f, 0xf0, 0x80], RandomNumberGenerator.GetBytes(64)];
        foreach (byte[] value in values)
        {
            foreach (byte[] exponent in exponents)
            {
                byte[] power = GroupOf(group).Power(value, exponent);

                Assert.Equal(BigInteger.ModPow(Number(value), Number(exponent), prime), Number(power));
                Assert.Equal(GroupOf(group).Size, power.Length);
            }
        }
    }

    /// <summary>Small ones, so that all that can happen to a limb happens: sums over the modulus, carries, zeros.</summary>
    [Fact]
    public void Power_ModuloAnyOddNumber_IsThatOfBigInteger()
    {
        var random = new Random(20261125);
        for (int i = 0; i < 5000; i++)
        {
            byte[] modulus = new byte[8 * (1 + (i % 3))];
            random.NextBytes(modulus);
            modulus.AsSpan(0, random.Next(modulus.Length)).Fill(i % 2 == 0 ? (byte)0xff : (byte)0);
            modulus[^1] |= 3;
            byte[] exponent = new byte[1 + random.Next(4)];
            random.NextBytes(exponent);
            byte[] value = (Number(modulus) - 1 - random.Next(3)).ToByteArray(isUnsigned: true, isBigEndian: true);

            byte[] power = new MontgomeryModulus(modulus).Power(value, exponent);

            Assert.Equal(BigInteger.ModPow(Number(value), Number(exponent), Number(modulus)), Number(power));
        }
    }

    [Theory]
    [InlineData("diffie-hellman-group14-sha256", 14)]
    [InlineData("diffie-hellman-group16-sha512", 16)]
    [InlineData("diffie-hellman-group14-sha1", 14)]
    public void Value_ThatIsNone_IsRefused(string name, int group)
    {
        BigInteger prime = PrimeOf(group);
        byte[] good = Mpint(prime - 2);
        byte[][] bad =
        [
            [], [0], [0, 0], [1], [0, 1], [0, 2], [0xff], [0x80], // 0, 1, superfluous zeros, negative
            Mpint(prime - 1), Mpint(prime), Mpint(prime + 1), Mpint(prime << 8), Mpint(BigInteger.One << (8 * GroupOf(group).Size)),
            good[1..], [0, .. good], [0, .. new byte[1 << 20], 5], [.. good, .. new byte[1 << 20]],
        ];

        using var method = KeyExchangeMethods.Create(name);
        foreach (byte[] value in bad)
        {
            Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => method.Finish(value)).Reason);
            Assert.Equal(DisconnectReason.KeyExchangeFailed, Assert.Throws<SshException>(() => method.Respond(value)).Reason);
        }

        Assert.NotEmpty(method.Finish(good));
        Assert.NotEmpty(method.Finish([2]));
        Assert.NotEmpty(method.Finish([0, 0x80]));
        Assert.NotEmpty(method.Finish([1, 0]));
    }

    private static DiffieHellmanGroup GroupOf(int group) => group == 14 ? DiffieHellmanGroup.Group14 : DiffieHellmanGroup.Group16;

    private static BigInteger PrimeOf(int group) => BigInteger.Parse(
        (group == 14 ? DHStandardGroups.rfc3526_2048 : DHStandardGroups.rfc3526_4096).P.ToString(), CultureInfo.InvariantCulture);

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Mpint(BigInteger number) => number.ToByteArray(isBigEndian: true);
}
