using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GostNet.Ssh.Ciphers;

/// <summary>A number modulo 2^130 - 5, not wholly reduced: the upper part may be a few more than the two bits that are left for it.</summary>
/// <param name="low">Bits 0 to 63.</param>
/// <param name="middle">Bits 64 to 127.</param>
/// <param name="high">Bits 128 and above.</param>
internal readonly struct Poly1305Number(ulong low, ulong middle, ulong high)
{
    /// <summary>Bits 0 to 63.</summary>
    public ulong Low { get; } = low;

    /// <summary>Bits 64 to 127.</summary>
    public ulong Middle { get; } = middle;

    /// <summary>Bits 128 and above.</summary>
    public ulong High { get; } = high;

    /// <summary>Adds a block, and a number above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Poly1305Number Add(ReadOnlySpan<byte> block, ulong high) =>
        Add(BinaryPrimitives.ReadUInt64LittleEndian(block), BinaryPrimitives.ReadUInt64LittleEndian(block[sizeof(ulong)..]), high);

    /// <summary>Adds a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Poly1305Number Add(ulong low, ulong middle, ulong high)
    {
        ulong sumLow = Low + low;
        ulong carry = Carry(sumLow, low);
        ulong sumMiddle = Middle + middle;
        ulong sumHigh = High + high + Carry(sumMiddle, middle);
        sumMiddle += carry;
        return new(sumLow, sumMiddle, sumHigh + Carry(sumMiddle, carry));
    }

    /// <summary>Multiplies with the point, and reduces.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Poly1305Number Multiply(in Poly1305Point point)
    {
        ulong high0 = Math.BigMul(Low, point.Low, out ulong low0);
        ulong high1 = Math.BigMul(Middle, point.FoldedHigh, out ulong low1);
        low0 += low1;
        high0 += high1 + Carry(low0, low1);

        ulong high2 = Math.BigMul(Low, point.High, out ulong low2);
        ulong high3 = Math.BigMul(Middle, point.Low, out ulong low3);
        low2 += low3;
        high2 += high3 + Carry(low2, low3);
        ulong folded = High * point.FoldedHigh;
        low2 += folded;
        high2 += Carry(low2, folded);

        low2 += high0;
        high2 += (High * point.Low) + Carry(low2, high0);
        return new Poly1305Number(low0, low2, high2).Fold();
    }

    /// <summary>Brings what stands above bit 130 back in: there it is worth five times as much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Poly1305Number Fold() => new Poly1305Number(Low, Middle, High & 3).Add((High >> 2) + (High & ~3ul), 0, 0);

    /// <summary>The number modulo 2^130 - 5, and of that the lower 128 bits. Takes the same time for all of them.</summary>
    public UInt128 Reduce()
    {
        Poly1305Number number = Fold();
        Poly1305Number above = number.Add(5, 0, 0); // reaches 2^130 if the number is not below the modulus
        ulong mask = 0 - (above.High >> 2);
        return new((number.Middle & ~mask) | (above.Middle & mask), (number.Low & ~mask) | (above.Low & mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Carry(ulong sum, ulong addend) => sum < addend ? 1ul : 0;
}
