using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GostNet.Ssh.Ciphers;

/// <summary>The polynomial of <see cref="Poly1305"/>, with the blocks spread over the lanes of vectors: each lane has every n-th block and
/// goes on by the n-th power of the point, and at the end each is multiplied by the power that it lacks.</summary>
/// <remarks>Numbers are five limbs of 26 bits, so that their products, and five of them added up, fit into 64 bits.</remarks>
/// <typeparam name="TVector">A vector of 64-bit numbers.</typeparam>
/// <typeparam name="TLanes">What can be done with it.</typeparam>
internal static class Poly1305Lanes<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IVectorLanes<TVector>
{
    private const int LimbBits = 26;
    private const int Limbs = 5;
    private const ulong Mask = (1 << LimbBits) - 1;

    /// <summary>Begins a message.</summary>
    /// <param name="point">The point.</param>
    /// <param name="message">The message; at least one block for each lane.</param>
    /// <param name="sum">The polynomial of the blocks that were taken.</param>
    /// <returns>How many bytes were taken: all but what does not fill the lanes.</returns>
    public static int Start(in Poly1305Point point, ReadOnlySpan<byte> message, out Poly1305Number sum)
    {
        Span<ulong> powers = stackalloc ulong[Limbs * TLanes.Count];
        WritePowers(point, powers);

        // The highest power stands in the lane of the first block, which is the first one.
        TVector r0 = TLanes.Create(Limb(powers, 0)[0]);
        TVector r1 = TLanes.Create(Limb(powers, 1)[0]);
        TVector r2 = TLanes.Create(Limb(powers, 2)[0]);
        TVector r3 = TLanes.Create(Limb(powers, 3)[0]);
        TVector r4 = TLanes.Create(Limb(powers, 4)[0]);
        TVector s1 = TimesFive(r1);
        TVector s2 = TimesFive(r2);
        TVector s3 = TimesFive(r3);
        TVector s4 = TimesFive(r4);
        TVector h0 = TLanes.Create(0);
        TVector h1 = h0;
        TVector h2 = h0;
        TVector h3 = h0;
        TVector h4 = h0;
        TVector mask = TLanes.Create(Mask);
        TVector bitAbove = TLanes.Create(1ul << (128 - (4 * LimbBits)));
        int size = TLanes.Count * Poly1305.BlockSize;
        int left = message.Length;
        ref byte from = ref MemoryMarshal.GetReference(message);
        while (left >= size)
        {
            TLanes.Load(ref from, out TVector low, out TVector high);
            h0 = TLanes.Add(h0, TLanes.And(low, mask));
            h1 = TLanes.Add(h1, TLanes.And(TLanes.ShiftRight(low, 26), mask));
            h2 = TLanes.Add(h2, TLanes.And(TLanes.Add(TLanes.ShiftRight(low, 52), TLanes.ShiftLeft(high, 12)), mask));
            h3 = TLanes.Add(h3, TLanes.And(TLanes.ShiftRight(high, 14), mask));
            h4 = TLanes.Add(h4, TLanes.Add(TLanes.ShiftRight(high, 40), bitAbove));
            from = ref Unsafe.Add(ref from, size);
            left -= size;
            if (left < size)
            {
                r0 = TLanes.Create(Limb(powers, 0));
                r1 = TLanes.Create(Limb(powers, 1));
                r2 = TLanes.Create(Limb(powers, 2));
                r3 = TLanes.Create(Limb(powers, 3));
                r4 = TLanes.Create(Limb(powers, 4));
                s1 = TimesFive(r1);
                s2 = TimesFive(r2);
                s3 = TimesFive(r3);
                s4 = TimesFive(r4);
            }

            TVector d0 = Products(h0, r0, h1, s4, h2, s3, h3, s2, h4, s1);
            TVector d1 = Products(h0, r1, h1, r0, h2, s4, h3, s3, h4, s2);
            TVector d2 = Products(h0, r2, h1, r1, h2, r0, h3, s4, h4, s3);
            TVector d3 = Products(h0, r3, h1, r2, h2, r1, h3, r0, h4, s4);
            TVector d4 = Products(h0, r4, h1, r3, h2, r2, h3, r1, h4, r0);

            // The carries, along two ways at a time.
            d1 = TLanes.Add(d1, TLanes.ShiftRight(d0, LimbBits));
            d4 = TLanes.Add(d4, TLanes.ShiftRight(d3, LimbBits));
            d2 = TLanes.Add(d2, TLanes.ShiftRight(d1, LimbBits));
            d0 = TLanes.Add(TLanes.And(d0, mask), TimesFive(TLanes.ShiftRight(d4, LimbBits)));
            d3 = TLanes.Add(TLanes.And(d3, mask), TLanes.ShiftRight(d2, LimbBits));
            h0 = TLanes.And(d0, mask);
            h1 = TLanes.Add(TLanes.And(d1, mask), TLanes.ShiftRight(d0, LimbBits));
            h2 = TLanes.And(d2, mask);
            h3 = TLanes.And(d3, mask);
            h4 = TLanes.Add(TLanes.And(d4, mask), TLanes.ShiftRight(d3, LimbBits));
        }

        sum = Collect(TLanes.Sum(h0), TLanes.Sum(h1), TLanes.Sum(h2), TLanes.Sum(h3), TLanes.Sum(h4));
        return message.Length - left;
    }

    private static Span<ulong> Limb(Span<ulong> powers, int limb) => powers.Slice(limb * TLanes.Count, TLanes.Count);

    /// <summary>Writes the powers of the point, one for each lane, limb by limb: the first block lacks the highest one.</summary>
    private static void WritePowers(in Poly1305Point point, Span<ulong> powers)
    {
        Span<int> lanes = stackalloc int[TLanes.Count];
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            lanes[TLanes.Order[lane]] = lane;
        }

        var power = new Poly1305Number(point.Low, point.High, 0);
        for (int block = TLanes.Count - 1; block >= 0; block--)
        {
            int lane = lanes[block];
            Limb(powers, 0)[lane] = power.Low & Mask;
            Limb(powers, 1)[lane] = (power.Low >> 26) & Mask;
            Limb(powers, 2)[lane] = ((power.Low >> 52) | (power.Middle << 12)) & Mask;
            Limb(powers, 3)[lane] = (power.Middle >> 14) & Mask;
            Limb(powers, 4)[lane] = (power.Middle >> 40) | (power.High << 24);
            power = power.Multiply(point);
        }
    }

    private static Poly1305Number Collect(ulong limb0, ulong limb1, ulong limb2, ulong limb3, ulong limb4) =>
        new Poly1305Number(limb0, 0, 0)
            .Add(limb1 << 26, limb1 >> 38, 0)
            .Add(limb2 << 52, limb2 >> 12, 0)
            .Add(0, limb3 << 14, limb3 >> 50)
            .Add(0, limb4 << 40, limb4 >> 24)
            .Fold();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector TimesFive(TVector value) => TLanes.Add(value, TLanes.ShiftLeft(value, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Products(
        TVector a0, TVector b0, TVector a1, TVector b1, TVector a2, TVector b2, TVector a3, TVector b3, TVector a4, TVector b4) =>
        TLanes.Add(
            TLanes.Add(
                TLanes.Add(TLanes.Multiply(a0, b0), TLanes.Multiply(a1, b1)),
                TLanes.Add(TLanes.Multiply(a2, b2), TLanes.Multiply(a3, b3))),
            TLanes.Multiply(a4, b4));
}
