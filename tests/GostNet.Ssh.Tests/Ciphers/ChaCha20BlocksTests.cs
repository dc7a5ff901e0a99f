using System.Buffers.Binary;
using System.Security.Cryptography;
using GostNet.Internal.Ciphers;
using GostNet.Ssh.Ciphers;
using GostNet.Tests.Protocols;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace GostNet.Ssh.Tests.Ciphers;

public sealed class ChaCha20BlocksTests
{
    [Fact]
    public void Transform_OfAnySize_GivesWhatAnotherImplementationGives()
    {
        var random = new Random(1);
        byte[] key = new byte[32];
        byte[] nonce = new byte[8];
        byte[] space = new byte[5_000];
        byte[] expected = new byte[space.Length];
        int cases = Fuzz.Cases(2_000);
        for (int i = 0; i < cases; i++)
        {
            random.NextBytes(key);
            random.NextBytes(nonce);
            random.NextBytes(space);
            int length = random.Next(space.Length);
            var other = new ChaChaEngine(20);
            other.Init(true, new ParametersWithIV(new KeyParameter(key), nonce));
            other.ProcessBytes(space, 0, length, expected, 0);
            using var blocks = new ChaCha20Blocks(key);

            blocks.Transform(0, BinaryPrimitives.ReadUInt64LittleEndian(nonce), space.AsSpan(0, length), space.AsSpan(0, length));

            Assert.Equal(expected.AsSpan(0, length), space.AsSpan(0, length));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(uint.MaxValue - 7)]
    [InlineData((1ul << 32) - 16)]
    [InlineData(ulong.MaxValue - 9)]
    public void Transform_OfManyBlocksAtOnce_GivesWhatTheyGiveOneByOne(ulong counter)
    {
        using var blocks = new ChaCha20Blocks(RandomNumberGenerator.GetBytes(32));
        byte[] whole = new byte[40 * ChaCha20Blocks.BlockSize];
        byte[] parts = new byte[whole.Length];

        blocks.Transform(counter, 7, whole, whole);
        for (int i = 0; i < parts.Length; i += ChaCha20Blocks.BlockSize)
        {
            Span<byte> part = parts.AsSpan(i, ChaCha20Blocks.BlockSize);
            blocks.Transform(unchecked(counter + ((uint)i / ChaCha20Blocks.BlockSize)), 7, part, part);
        }

        Assert.Equal(parts, whole);
    }

    [Fact]
    public void Begin_WithAnotherKey_GivesTheFirstBlocksOfBoth()
    {
        using var first = new ChaCha20Blocks(RandomNumberGenerator.GetBytes(32));
        using var second = new ChaCha20Blocks(RandomNumberGenerator.GetBytes(32));
        byte[] expected = new byte[ChaCha20Blocks.BatchSize];
        first.Transform(0, 5, expected.AsSpan(0, 3 * ChaCha20Blocks.BlockSize), expected);
        second.Transform(0, 5, new byte[ChaCha20Blocks.BlockSize], expected.AsSpan(3 * ChaCha20Blocks.BlockSize));
        byte[] keyStream = RandomNumberGenerator.GetBytes(ChaCha20Blocks.BatchSize);

        first.Begin(second, 5, keyStream);

        Assert.Equal(expected, keyStream);
    }

    [Fact]
    public void Body_ByTheSystem_IsWhatItIsByOwnCode()
    {
        byte[] key = RandomNumberGenerator.GetBytes(64);
        using var own = new ChaChaPolyStream(key, int.MaxValue);
        using var system = new ChaChaPolyStream(key, ChaCha20Poly1305.IsSupported ? 0 : int.MaxValue);
        for (int length = 1; length < 3_000; length += 97)
        {
            byte[] ownBody = new byte[length];
            byte[] systemBody = new byte[length];
            own.Begin((uint)length);
            system.Begin((uint)length);

            own.Transform(ownBody);
            system.Transform(systemBody);

            Assert.Equal(ownBody, systemBody);
        }
    }
}
