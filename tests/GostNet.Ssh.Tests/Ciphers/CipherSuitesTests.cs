using System.Buffers.Binary;
using GostNet.Ssh.Ciphers;
using GostNet.Tests.Protocols;

namespace GostNet.Ssh.Tests.Ciphers;

public sealed class CipherSuitesTests
{
    public static TheoryData<string, string?> Suites
    {
        get
        {
            var suites = new TheoryData<string, string?>();
            foreach (CipherAlgorithm cipher in CipherSuites.Ciphers.Values.OrderBy(cipher => cipher.Name, StringComparer.Ordinal))
            {
                foreach (string? mac in cipher.IsAead ? [null] : CipherSuites.Macs.Keys.Order(StringComparer.Ordinal).ToArray<string?>())
                {
                    suites.Add(cipher.Name, mac);
                }
            }

            return suites;
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Open_OfPacketsOfAnySize_GivesThemBack(string cipher, string? mac)
    {
        using var pair = new SuitePair(cipher, mac);
        var random = new Random(1);
        uint number = uint.MaxValue - 2;
        foreach (int payload in new[] { 1, 2, 3 }.Concat(Enumerable.Range(0, 300).Select(_ => random.Next(1, 4_000))).Append(32_777))
        {
            byte[] plain = pair.Frame(random, payload);
            byte[] packet = pair.Seal(number, plain);
            Assert.False(packet.AsSpan(sizeof(uint), plain.Length - sizeof(uint)).SequenceEqual(plain.AsSpan(sizeof(uint))));

            Assert.Equal((uint)(plain.Length - sizeof(uint)), pair.Opener.ReadLength(number, packet.AsSpan(0, pair.Opener.HeaderSize)));
            Assert.True(pair.Opener.TryOpen(number, packet));

            Assert.Equal(plain.AsSpan(sizeof(uint)), packet.AsSpan(sizeof(uint), plain.Length - sizeof(uint)));
            number++;
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Open_WithOneBitFlipped_IsRefused(string cipher, string? mac)
    {
        var random = new Random(2);
        using var first = new SuitePair(cipher, mac);
        byte[] sealedPacket = first.Seal(7, first.Frame(random, 20));
        for (int bit = 0; bit < 8 * sealedPacket.Length; bit++)
        {
            byte[] packet = [.. sealedPacket];
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            using var pair = new SuitePair(cipher, mac);
            pair.Opener.ReadLength(7, packet.AsSpan(0, pair.Opener.HeaderSize));
            Assert.False(pair.Opener.TryOpen(7, packet), $"bit {bit}");
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Open_OfAPacketTwice_OutOfTurnOrUnderAnotherKey_IsRefused(string cipher, string? mac)
    {
        var random = new Random(3);
        using var pair = new SuitePair(cipher, mac);
        byte[][] packets = [.. Enumerable.Range(0, 3).Select(i => pair.Seal((uint)i, pair.Frame(random, 40)))];
        Assert.True(pair.TryOpen(0, packets[0]));
        Assert.False(pair.TryOpen(1, packets[0]));

        using var late = new SuitePair(cipher, mac);
        Assert.False(late.TryOpen(0, packets[1]));

        using var other = new SuitePair(cipher, mac, seed: 9);
        Assert.False(other.TryOpen(0, packets[0]));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Open_OfNoise_IsRefusedWithoutAnException(string cipher, string? mac)
    {
        var random = new Random(4);
        using var pair = new SuitePair(cipher, mac);
        byte[] space = new byte[1_000];
        int cases = Fuzz.Cases(10_000) / Suites.Count;
        for (int i = 0; i < cases; i++)
        {
            random.NextBytes(space);
            Span<byte> packet = space.AsSpan(0, random.Next(4) == 0 ? random.Next(pair.Opener.HeaderSize, 100) : random.Next(100, space.Length));
            pair.Opener.ReadLength((uint)i, packet[..pair.Opener.HeaderSize]);
            Assert.False(pair.Opener.TryOpen((uint)i, packet));
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void SealAndOpen_ManyPackets_AllocateNothing(string cipher, string? mac)
    {
        using var pair = new SuitePair(cipher, mac);
        byte[] small = [.. pair.Frame(new Random(5), 50), .. new byte[pair.Sealer.TagSize]];
        byte[] large = [.. pair.Frame(new Random(5), 5_000), .. new byte[pair.Sealer.TagSize]];
        Run(100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                byte[] packet = i % 10 == 0 ? large : small;
                uint length = BinaryPrimitives.ReadUInt32BigEndian(packet);
                pair.Sealer.Seal((uint)i, packet);
                if (pair.Opener.ReadLength((uint)i, packet.AsSpan(0, pair.Opener.HeaderSize)) != length
                    || !pair.Opener.TryOpen((uint)i, packet))
                {
                    throw new InvalidOperationException("A packet was refused.");
                }

                BinaryPrimitives.WriteUInt32BigEndian(packet, length);
            }
        }
    }

    [Fact]
    public void Plain_PacketsAreLeftAsTheyAre()
    {
        using var sealer = new PlainSealer();
        using var opener = new PlainOpener();
        byte[] packet = Convert.FromHexString("0000000c0a15ffffffffffffffffffff");
        byte[] before = [.. packet];

        sealer.Seal(0, packet);

        Assert.Equal(12u, opener.ReadLength(0, packet.AsSpan(0, opener.HeaderSize)));
        Assert.True(opener.TryOpen(0, packet));
        Assert.Equal(before, packet);
        Assert.Equal((8, true, 0), (opener.BlockSize, opener.PadsLength, opener.TagSize));
        Assert.Equal((8, true, 0), (sealer.BlockSize, sealer.PadsLength, sealer.TagSize));
    }

    [Theory]
    [InlineData(15, 16, 32)]
    [InlineData(16, 15, 32)]
    [InlineData(16, 16, 31)]
    [InlineData(0, 0, 0)]
    public void Create_WithKeysOfTheWrongSize_Throws(int iv, int key, int macKey)
    {
        CipherAlgorithm cipher = CipherSuites.Ciphers["aes128-ctr"];
        MacAlgorithm mac = CipherSuites.Macs["hmac-sha2-256"];

        Assert.Throws<ArgumentException>(() => CipherSuites.CreateSealer(cipher, mac, new byte[iv], new byte[key], new byte[macKey]));
        Assert.Throws<ArgumentException>(() => CipherSuites.CreateOpener(cipher, mac, new byte[iv], new byte[key], new byte[macKey]));
    }
}
