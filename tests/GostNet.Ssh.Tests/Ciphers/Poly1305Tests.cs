using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using GostNet.Ssh.Ciphers;
using GostNet.Tests.Protocols;
using Org.BouncyCastle.Crypto.Parameters;

namespace GostNet.Ssh.Tests.Ciphers;

public sealed class Poly1305Tests
{
    private const string Ietf =
        "416e79207375626d697373696f6e20746f20746865204945544620696e74656e6465642062792074686520436f6e7472696275746f7220666f72207075626c69" +
        "636174696f6e20617320616c6c206f722070617274206f6620616e204945544620496e7465726e65742d4472616674206f722052464320616e6420616e792073" +
        "746174656d656e74206d6164652077697468696e2074686520636f6e74657874206f6620616e204945544620616374697669747920697320636f6e7369646572" +
        "656420616e20224945544620436f6e747269627574696f6e222e20537563682073746174656d656e747320696e636c756465206f72616c2073746174656d656e" +
        "747320696e20494554462073657373696f6e732c2061732077656c6c206173207772697474656e20616e6420656c656374726f6e696320636f6d6d756e696361" +
        "74696f6e73206d61646520617420616e792074696d65206f7220706c6163652c207768696368206172652061646472657373656420746f";

    /// <summary>RFC 8439, section 2.5.2 and appendix A.3.</summary>
    [Theory]
    [InlineData(
        "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
        "43727970746f6772617068696320466f72756d2052657365617263682047726f7570",
        "a8061dc1305136c6c22b8baf0c0127a9")]
    [InlineData("0000000000000000000000000000000036e5f6b5c5e06070f0efca96227a863e", Ietf, "36e5f6b5c5e06070f0efca96227a863e")]
    [InlineData("36e5f6b5c5e06070f0efca96227a863e00000000000000000000000000000000", Ietf, "f3477e7cd95417af89a6b8794c310cf0")]
    [InlineData(
        "0200000000000000000000000000000000000000000000000000000000000000", "ffffffffffffffffffffffffffffffff",
        "03000000000000000000000000000000")]
    [InlineData(
        "02000000000000000000000000000000ffffffffffffffffffffffffffffffff", "02000000000000000000000000000000",
        "03000000000000000000000000000000")]
    [InlineData(
        "0100000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
        "05000000000000000000000000000000")]
    [InlineData(
        "0100000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101",
        "00000000000000000000000000000000")]
    [InlineData(
        "0200000000000000000000000000000000000000000000000000000000000000", "fdffffffffffffffffffffffffffffff",
        "faffffffffffffffffffffffffffffff")]
    [InlineData(
        "0100000000000000040000000000000000000000000000000000000000000000",
        "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000",
        "14000000000000005500000000000000")]
    [InlineData(
        "0100000000000000040000000000000000000000000000000000000000000000",
        "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000",
        "13000000000000000000000000000000")]
    public void Compute_OfTheVectorsOfRfc8439_GivesTheTag(string key, string message, string expected)
    {
        byte[] tag = new byte[Poly1305.TagSize];

        Poly1305.Compute(Convert.FromHexString(key), Convert.FromHexString(message), tag);

        Assert.Equal(expected, Convert.ToHexStringLower(tag));
    }

    [Fact]
    public void Compute_OfAnyMessage_GivesTheTagOfAnotherImplementation()
    {
        var random = new Random(1);
        byte[] key = new byte[Poly1305.KeySize];
        byte[] tag = new byte[Poly1305.TagSize];
        byte[] expected = new byte[Poly1305.TagSize];
        byte[] space = new byte[3_000];
        int cases = Fuzz.Cases(10_000);
        for (int i = 0; i < cases; i++)
        {
            Fill(random, key);
            Fill(random, space);
            int length = random.Next(random.Next(2) == 0 ? 300 : space.Length);
            var other = new Org.BouncyCastle.Crypto.Macs.Poly1305();
            other.Init(new KeyParameter(key));
            other.BlockUpdate(space, 0, length);
            other.DoFinal(expected, 0);

            Poly1305.Compute(key, space.AsSpan(0, length), tag);

            Assert.Equal(expected, tag);
        }
    }

    /// <summary>Each width, whatever the machine would choose.</summary>
    [Fact]
    public void Lanes_OfAnyWidth_GiveWhatBlockByBlockGives()
    {
        var random = new Random(2);
        byte[] key = new byte[Poly1305.KeySize];
        byte[] space = new byte[2_000];
        int cases = Fuzz.Cases(10_000);
        for (int i = 0; i < cases; i++)
        {
            Fill(random, key);
            Fill(random, space);
            var point = new Poly1305Point(key);
            ReadOnlySpan<byte> message = space.AsSpan(0, random.Next(128, space.Length));
            if (Avx2.IsSupported)
            {
                int taken = Poly1305Lanes<Vector256<ulong>, VectorOf4>.Start(point, message, out Poly1305Number sum);
                Assert.Equal(message.Length - (message.Length % 64), taken);
                Assert.Equal(BlockByBlock(point, message[..taken]), sum.Reduce());
            }

            if (Avx512F.IsSupported)
            {
                int taken = Poly1305Lanes<Vector512<ulong>, VectorOf8>.Start(point, message, out Poly1305Number sum);
                Assert.Equal(message.Length - (message.Length % 128), taken);
                Assert.Equal(BlockByBlock(point, message[..taken]), sum.Reduce());
            }
        }
    }

    /// <summary>Noise, or what makes carries run far: many bits set, or few.</summary>
    private static void Fill(Random random, byte[] bytes)
    {
        random.NextBytes(bytes);
        int kind = random.Next(4);
        for (int i = 0; kind < 3 && i < bytes.Length; i++)
        {
            bytes[i] = (kind, bytes[i] < 8) switch
            {
                (0, false) => 0xff,
                (1, false) => 0,
                (2, _) => 0xff,
                _ => bytes[i],
            };
        }
    }

    private static UInt128 BlockByBlock(Poly1305Point point, ReadOnlySpan<byte> message)
    {
        Poly1305Number sum = default;
        for (; !message.IsEmpty; message = message[Poly1305.BlockSize..])
        {
            sum = sum.Add(message, 1).Multiply(point);
        }

        return sum.Reduce();
    }
}
