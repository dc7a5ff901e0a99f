using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GostNet.Internal.Ciphers;

/// <summary>Sixteen blocks of ChaCha20 at a time: each vector holds one word of the state of all of them.</summary>
/// <remarks>That takes 16 vectors and a few more. With the 16 registers that there are for shorter vectors it is slower than
/// <see cref="ChaCha20Blocks"/> alone.</remarks>
internal static class ChaCha20WideBlocks
{
    /// <summary>Bytes of sixteen blocks.</summary>
    public const int Size = Blocks * ChaCha20Blocks.BlockSize;

    private const int Blocks = 16;

    /// <summary>Adds the key stream to bytes. To be called only where there are vectors of 512 bits.</summary>
    /// <param name="key">The key.</param>
    /// <param name="counter">The block that it begins with.</param>
    /// <param name="nonce">The last two words of the state.</param>
    /// <param name="source">The bytes; a multiple of <see cref="Size"/>.</param>
    /// <param name="destination">Takes as many. It may be the source itself, and must not overlap it otherwise.</param>
    public static void Transform(ReadOnlySpan<byte> key, ulong counter, ulong nonce, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ReadOnlySpan<uint> constants = MemoryMarshal.Cast<byte, uint>(ChaCha20Blocks.Constants);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(key);
        for (int done = 0; done < source.Length; done += Size, counter += Blocks)
        {
            Vector512<ulong> counters1 = Vector512.Create(counter) + Vector512.Create(0ul, 1, 2, 3, 4, 5, 6, 7);
            Vector512<ulong> counters2 = counters1 + Vector512.Create(8ul);
            Vector512<uint> start12 = Vector512.Narrow(counters1, counters2);
            Vector512<uint> start13 = Vector512.Narrow(counters1 >>> 32, counters2 >>> 32);
            Vector512<uint> x0 = Vector512.Create(constants[0]);
            Vector512<uint> x1 = Vector512.Create(constants[1]);
            Vector512<uint> x2 = Vector512.Create(constants[2]);
            Vector512<uint> x3 = Vector512.Create(constants[3]);
            Vector512<uint> x4 = Vector512.Create(words[0]);
            Vector512<uint> x5 = Vector512.Create(words[1]);
            Vector512<uint> x6 = Vector512.Create(words[2]);
            Vector512<uint> x7 = Vector512.Create(words[3]);
            Vector512<uint> x8 = Vector512.Create(words[4]);
            Vector512<uint> x9 = Vector512.Create(words[5]);
            Vector512<uint> x10 = Vector512.Create(words[6]);
            Vector512<uint> x11 = Vector512.Create(words[7]);
            Vector512<uint> x12 = start12;
            Vector512<uint> x13 = start13;
            Vector512<uint> x14 = Vector512.Create((uint)nonce);
            Vector512<uint> x15 = Vector512.Create((uint)(nonce >> 32));
            for (int i = 0; i < 10; i++)
            {
                QuarterRound(ref x0, ref x4, ref x8, ref x12);
                QuarterRound(ref x1, ref x5, ref x9, ref x13);
                QuarterRound(ref x2, ref x6, ref x10, ref x14);
                QuarterRound(ref x3, ref x7, ref x11, ref x15);
                QuarterRound(ref x0, ref x5, ref x10, ref x15);
                QuarterRound(ref x1, ref x6, ref x11, ref x12);
                QuarterRound(ref x2, ref x7, ref x8, ref x13);
                QuarterRound(ref x3, ref x4, ref x9, ref x14);
            }

            x0 += Vector512.Create(constants[0]);
            x1 += Vector512.Create(constants[1]);
            x2 += Vector512.Create(constants[2]);
            x3 += Vector512.Create(constants[3]);
            x4 += Vector512.Create(words[0]);
            x5 += Vector512.Create(words[1]);
            x6 += Vector512.Create(words[2]);
            x7 += Vector512.Create(words[3]);
            x8 += Vector512.Create(words[4]);
            x9 += Vector512.Create(words[5]);
            x10 += Vector512.Create(words[6]);
            x11 += Vector512.Create(words[7]);
            x12 += start12;
            x13 += start13;
            x14 += Vector512.Create((uint)nonce);
            x15 += Vector512.Create((uint)(nonce >> 32));
            ref byte from = ref MemoryMarshal.GetReference(source[done..]);
            ref byte to = ref MemoryMarshal.GetReference(destination[done..]);
            WriteRow(x0, x1, x2, x3, ref from, ref to, 0);
            WriteRow(x4, x5, x6, x7, ref from, ref to, 16);
            WriteRow(x8, x9, x10, x11, ref from, ref to, 32);
            WriteRow(x12, x13, x14, x15, ref from, ref to, 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d)
    {
        a += b;
        d = Avx512F.RotateLeft(d ^ a, 16);
        c += d;
        b = Avx512F.RotateLeft(b ^ c, 12);
        a += b;
        d = Avx512F.RotateLeft(d ^ a, 8);
        c += d;
        b = Avx512F.RotateLeft(b ^ c, 7);
    }

    /// <summary>Adds one row of all the blocks, the words of which stand in four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteRow(
        Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, Vector512<uint> d, ref byte from, ref byte to, nuint offset)
    {
        Vector512<ulong> lowAb = Avx512F.UnpackLow(a, b).AsUInt64();
        Vector512<ulong> highAb = Avx512F.UnpackHigh(a, b).AsUInt64();
        Vector512<ulong> lowCd = Avx512F.UnpackLow(c, d).AsUInt64();
        Vector512<ulong> highCd = Avx512F.UnpackHigh(c, d).AsUInt64();
        WriteQuarters(Avx512F.UnpackLow(lowAb, lowCd).AsByte(), ref from, ref to, offset);
        WriteQuarters(Avx512F.UnpackHigh(lowAb, lowCd).AsByte(), ref from, ref to, offset + ChaCha20Blocks.BlockSize);
        WriteQuarters(Avx512F.UnpackLow(highAb, highCd).AsByte(), ref from, ref to, offset + (2 * ChaCha20Blocks.BlockSize));
        WriteQuarters(Avx512F.UnpackHigh(highAb, highCd).AsByte(), ref from, ref to, offset + (3 * ChaCha20Blocks.BlockSize));
    }

    /// <summary>Adds the rows of every fourth block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteQuarters(Vector512<byte> rows, ref byte from, ref byte to, nuint offset)
    {
        const int Step = 4 * ChaCha20Blocks.BlockSize;
        Add(rows.GetLower().GetLower(), ref from, ref to, offset);
        Add(rows.GetLower().GetUpper(), ref from, ref to, offset + Step);
        Add(rows.GetUpper().GetLower(), ref from, ref to, offset + (2 * Step));
        Add(rows.GetUpper().GetUpper(), ref from, ref to, offset + (3 * Step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector128<byte> row, ref byte from, ref byte to, nuint offset) =>
        (Vector128.LoadUnsafe(ref from, offset) ^ row).StoreUnsafe(ref to, offset);
}
