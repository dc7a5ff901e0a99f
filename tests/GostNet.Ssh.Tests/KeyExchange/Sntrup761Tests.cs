using System.Security.Cryptography;
using System.Text.Json;
using GostNet.Ssh.KeyExchange;

namespace GostNet.Ssh.Tests.KeyExchange;

public sealed class Sntrup761Tests
{
    private const int Q = 4591;
    private const int SmallSize = 191;

    private static readonly JsonElement Vector = KexVectors.Root.GetProperty("sntrup761x25519_sha512");

    [Fact]
    public void Secret_OfARecordedCiphertext_IsTheRecordedOne() =>
        Assert.Equal(Vector.Bytes("sntrup_shared"), Decapsulate(Vector.Bytes("sntrup_ciphertext")));

    /// <summary>In the rounded product, which the recorded case has, and in what confirms it.</summary>
    [Fact]
    public void Secret_OfAFalseCiphertext_IsTheOneOfImplicitRejection()
    {
        byte[] ciphertext = Vector.Bytes("sntrup_ciphertext");
        ciphertext[0] ^= 1;
        byte[] unconfirmed = Vector.Bytes("sntrup_ciphertext");
        unconfirmed[^1] ^= 0x80;

        Assert.Equal(Vector.Bytes("sntrup_shared_implicit_rejection"), Decapsulate(ciphertext));
        Assert.NotEqual(Vector.Bytes("sntrup_shared"), Decapsulate(unconfirmed));
        Assert.Equal(Decapsulate(unconfirmed), Decapsulate(unconfirmed));
    }

    /// <summary>The recorded key has f and 1 / g in it.</summary>
    [Fact]
    public void PublicKey_OfARecordedPrivateOne_IsTheRecordedOne()
    {
        int[] f = new int[SntrupModulus.Padded];
        int[] inverse = new int[SntrupModulus.Padded];
        int[] g = new int[SntrupModulus.Padded];
        byte[] publicKey = new byte[Sntrup761.PublicKeySize];
        Sntrup761.DecodeSmall(Vector.Bytes("sntrup_secret"), f);
        Sntrup761.DecodeSmall(Vector.Bytes("sntrup_secret").AsSpan(SmallSize), inverse);

        Assert.True(SntrupModulus.Three.TryInvert(inverse, number: 1, g));
        Sntrup761.MakePublicKey(f, g, publicKey);

        Assert.Equal(Vector.Bytes("sntrup_public"), publicKey);
    }

    [Fact]
    public void Exchange_OfRecordedKeys_GivesTheRecordedSecret()
    {
        JsonElement curve = KexVectors.Root.GetProperty("curve25519");
        using var client = new HybridKeyExchange(
            new Sntrup761Encapsulation(Vector.Bytes("sntrup_secret")), new(curve.Bytes("client_private")), HashAlgorithmName.SHA512);

        Assert.Equal(Vector.Bytes("k_encoded"), client.Finish(Vector.Bytes("s_reply")));
        Assert.Equal(
            Vector.Text("c_init"), Vector.Text("sntrup_public") + curve.Text("client_public"));
    }

    [Fact]
    public void OwnCode_WithItself_ComesToTheSameSecrets()
    {
        for (int i = 0; i < 20; i++)
        {
            using var client = new Sntrup761Encapsulation();
            using var server = new Sntrup761Encapsulation();
            byte[] publicKey = client.GenerateKeys();
            (byte[] ciphertext, byte[] secret) = server.Encapsulate(publicKey)!.Value;
            Assert.Equal(secret, client.Decapsulate(ciphertext));
            Assert.NotEqual(secret, server.Encapsulate(publicKey)!.Value.Secret);
            ciphertext[i] ^= 0x80;
            Assert.NotEqual(secret, client.Decapsulate(ciphertext));
        }
    }

    /// <summary>All that are claimed to be.</summary>
    [Fact]
    public void Number_WithinItsRange_IsReduced()
    {
        for (int i = -16_000; i <= 16_000; i++)
        {
            AssertIsReduced(i, 3, SntrupModulus.Three.Reduce(i));
        }

        for (int i = -(1 << 24); i <= 1 << 24; i += i is > -30_000 and < 30_000 ? 1 : 29)
        {
            AssertIsReduced(i, Q, SntrupModulus.Q.Reduce(i));
        }
    }

    [Fact]
    public void Polynomial_TimesItsInverse_IsOne()
    {
        var random = new Random(20261125);
        int[] small = new int[SntrupModulus.Padded];
        int[] inverse = new int[SntrupModulus.Padded];
        int[] product = new int[SntrupModulus.Padded];
        int[] one = new int[SntrupModulus.Padded];
        one[0] = 1;
        int found = 0;
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < SntrupModulus.Length; j++)
            {
                small[j] = random.Next(3) - 1;
            }

            Assert.True(SntrupModulus.Q.TryInvert(small, number: 1, inverse));
            SntrupModulus.Q.Multiply(inverse, small, product);
            Assert.Equal(one, product);
            if (SntrupModulus.Three.TryInvert(small, number: 1, inverse))
            {
                SntrupModulus.Three.Multiply(inverse, small, product);
                Assert.Equal(one, product);
                found++;
            }
        }

        Assert.NotEqual(0, found);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(Q)]
    public void Zero_HasNoInverse(int modulus) => Assert.False(
        (modulus == 3 ? SntrupModulus.Three : SntrupModulus.Q).TryInvert(new int[SntrupModulus.Padded], 1, new int[SntrupModulus.Padded]));

    [Theory]
    [InlineData(761, Q, 1158)]
    [InlineData(761, 1531, 1007)]
    [InlineData(1, Q, 2)]
    [InlineData(2, 3, 1)]
    [InlineData(5, 256, 5)]
    public void Numbers_EncodedAndDecoded_AreTheSame(int count, uint limit, int size)
    {
        var random = new Random(20261125);
        for (int i = 0; i < 20; i++)
        {
            uint[] numbers = [.. Enumerable.Range(0, count).Select(_ => i == 0 ? limit - 1 : (uint)random.Next((int)limit))];
            byte[] encoded = new byte[size];
            uint[] decoded = new uint[count];

            SntrupCodec.Encode([.. numbers], limit, encoded);
            SntrupCodec.Decode(encoded, limit, decoded);

            Assert.Equal(numbers, decoded);
        }
    }

    [Fact]
    public void Bytes_OfAnyKind_DecodeToNumbersBelowTheLimit()
    {
        var random = new Random(20261125);
        byte[] bytes = new byte[Sntrup761.PublicKeySize];
        uint[] decoded = new uint[SntrupModulus.Length];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(random.Next(bytes.Length)).Fill(0xff);

            SntrupCodec.Decode(bytes, Q, decoded);

            Assert.All(decoded, number => Assert.InRange(number, 0u, (uint)Q - 1));
        }
    }

    private static void AssertIsReduced(int number, int modulus, int reduced)
    {
        if (Math.Abs(reduced) > modulus / 2 || (number - reduced) % modulus != 0)
        {
            Assert.Fail($"{number} became {reduced} modulo {modulus}.");
        }
    }

    private static byte[] Decapsulate(byte[] ciphertext)
    {
        byte[] secret = new byte[Sntrup761.SecretSize];
        Sntrup761.Decapsulate(Vector.Bytes("sntrup_secret"), ciphertext, secret);
        return secret;
    }
}
