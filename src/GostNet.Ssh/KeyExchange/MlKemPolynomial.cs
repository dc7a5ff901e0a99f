using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Polynomials of ML-KEM: 256 coefficients modulo 3329 (FIPS 203, section 4).</summary>
/// <remarks>Between operations coefficients lie anywhere in a short, as each method says. Nothing here branches on a coefficient or divides
/// by code that might, except <see cref="SampleUniform"/>, whose result is public.</remarks>
internal static class MlKemPolynomial
{
    /// <summary>How many coefficients a polynomial has.</summary>
    public const int Length = 256;

    /// <summary>The prime.</summary>
    public const int Q = 3329;

    /// <summary>The bytes of randomness that <see cref="SampleBinomial"/> takes.</summary>
    public const int BinomialSize = 128;

    // Montgomery's R is 2^16.
    private const short InverseOfQ = -3327; // 1 / q, modulo R
    private const short SquareOfR = 1353; // R^2, modulo q
    private const short SquareOfROver128 = 1441;

    /// <summary>17^i times R, with the 7 bits of i turned around.</summary>
    private static readonly short[] Zetas = MakeZetas();

    /// <summary>Transforms coefficients below q, either sign, to reduced ones.</summary>
    public static void Transform(Span<short> polynomial)
    {
        int next = 1;
        for (int half = Length / 2; half >= 2; half /= 2)
        {
            for (int start = 0; start < Length; start += 2 * half)
            {
                short zeta = Zetas[next++];
                Span<short> left = polynomial.Slice(start, half);
                Span<short> right = polynomial.Slice(start + half, half);
                for (int i = 0; i < left.Length && i < right.Length; i++)
                {
                    // Seven rounds add less than q each: 8q is still a short.
                    short product = Multiply(zeta, right[i]);
                    right[i] = (short)(left[i] - product);
                    left[i] += product;
                }
            }
        }

        Reduce(polynomial);
    }

    /// <summary>Transforms reduced sums of <see cref="MultiplyAdd"/> back, and takes away the 1 / R that is in them. The results lie below
    /// q, either sign.</summary>
    public static void TransformBack(Span<short> polynomial)
    {
        int next = Length / 2;
        for (int half = 2; half < Length; half *= 2)
        {
            for (int start = 0; start < Length; start += 2 * half)
            {
                short zeta = Zetas[--next];
                Span<short> left = polynomial.Slice(start, half);
                Span<short> right = polynomial.Slice(start + half, half);
                for (int i = 0; i < left.Length && i < right.Length; i++)
                {
                    short difference = (short)(right[i] - left[i]);
                    left[i] = Reduce((short)(left[i] + right[i]));
                    right[i] = Multiply(zeta, difference);
                }
            }
        }

        foreach (ref short coefficient in polynomial)
        {
            coefficient = Multiply(coefficient, SquareOfROver128);
        }
    }

    /// <summary>Adds the product of two transformed polynomials, times 1 / R. Three sums to a reduced polynomial fit.</summary>
    public static void MultiplyAdd(Span<short> sum, ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        sum = sum[..Length];
        left = left[..Length];
        right = right[..Length];
        for (int i = 0; i < Length; i += 4)
        {
            short zeta = Zetas[(Length / 4) + (i / 4)];
            sum[i] += (short)(Multiply(left[i], right[i]) + Multiply(Multiply(left[i + 1], right[i + 1]), zeta));
            sum[i + 1] += (short)(Multiply(left[i], right[i + 1]) + Multiply(left[i + 1], right[i]));
            sum[i + 2] += (short)(Multiply(left[i + 2], right[i + 2]) - Multiply(Multiply(left[i + 3], right[i + 3]), zeta));
            sum[i + 3] += (short)(Multiply(left[i + 2], right[i + 3]) + Multiply(left[i + 3], right[i + 2]));
        }
    }

    /// <summary>Takes the 1 / R of <see cref="MultiplyAdd"/> away.</summary>
    public static void MultiplyByR(Span<short> polynomial)
    {
        foreach (ref short coefficient in polynomial)
        {
            coefficient = Multiply(coefficient, SquareOfR);
        }
    }

    /// <summary>Adds.</summary>
    public static void Add(Span<short> sum, ReadOnlySpan<short> other)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += other[i];
        }
    }

    /// <summary>Brings coefficients to -q / 2 … q / 2.</summary>
    public static void Reduce(Span<short> polynomial)
    {
        foreach (ref short coefficient in polynomial)
        {
            coefficient = Reduce(coefficient);
        }
    }

    /// <summary>Makes a transformed polynomial, the same for everybody, of a seed (algorithm 7).</summary>
    public static void SampleUniform(ReadOnlySpan<byte> seed, Span<short> polynomial)
    {
        // Five blocks of SHAKE128 give 560 numbers, of which 455 pass; nobody will see fewer than 256. If so, more are made.
        for (int size = 840; ; size *= 2)
        {
            byte[] stream = new byte[size];
            Shake128.HashData(seed, stream);
            int count = 0;
            for (int i = 0; i < stream.Length && count < Length; i += 3)
            {
                int first = stream[i] | ((stream[i + 1] & 0xf) << 8);
                int second = (stream[i + 1] >> 4) | (stream[i + 2] << 4);
                if (first < Q)
                {
                    polynomial[count++] = (short)first;
                }

                if (second < Q && count < Length)
                {
                    polynomial[count++] = (short)second;
                }
            }

            if (count == Length)
            {
                return;
            }
        }
    }

    /// <summary>Makes a polynomial of small coefficients, -2 … 2, of random bytes (algorithm 8).</summary>
    public static void SampleBinomial(ReadOnlySpan<byte> random, Span<short> polynomial)
    {
        for (int i = 0; i < Length; i += 8)
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(random[(i / 2)..]);
            uint pairs = (bits & 0x55555555) + ((bits >> 1) & 0x55555555);
            for (int j = 0; j < 8; j++)
            {
                polynomial[i + j] = (short)((int)((pairs >> (4 * j)) & 3) - (int)((pairs >> ((4 * j) + 2)) & 3));
            }
        }
    }

    /// <summary>Writes reduced coefficients as 0 … q - 1, of 12 bits each (algorithm 5).</summary>
    public static void Encode(ReadOnlySpan<short> polynomial, Span<byte> destination) =>
        Encode(polynomial, 12, compresses: false, destination);

    /// <summary>Reads coefficients of 12 bits (algorithm 6).</summary>
    /// <returns>Whether all of them are less than q.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<short> polynomial)
    {
        Decode(source, 12, expands: false, polynomial);
        return !polynomial.ContainsAnyExceptInRange((short)0, (short)(Q - 1));
    }

    /// <summary>Rounds coefficients between -q and q to a few bits, 1, 4 or 10, and writes them.</summary>
    public static void Compress(ReadOnlySpan<short> polynomial, int bits, Span<byte> destination) =>
        Encode(polynomial, bits, compresses: true, destination);

    /// <summary>Reads coefficients of a few bits, and makes numbers of 0 … q - 1 of them.</summary>
    public static void Expand(ReadOnlySpan<byte> source, int bits, Span<short> polynomial) =>
        Decode(source, bits, expands: true, polynomial);

    private static void Encode(ReadOnlySpan<short> polynomial, int bits, bool compresses, Span<byte> destination)
    {
        ulong pending = 0;
        int count = 0;
        int written = 0;
        foreach (short coefficient in polynomial)
        {
            uint number = (uint)(coefficient + ((coefficient >> 15) & Q));
            if (compresses)
            {
                // (number << bits) / q, rounded: the quotient is the high word of a product, for division may take its time.
                number = (uint)(((((ulong)number << bits) + 1665) * 1290167) >> 32) & ((1u << bits) - 1);
            }

            pending |= (ulong)number << count;
            for (count += bits; count >= 8; count -= 8, pending >>= 8)
            {
                destination[written++] = (byte)pending;
            }
        }
    }

    private static void Decode(ReadOnlySpan<byte> source, int bits, bool expands, Span<short> polynomial)
    {
        uint pending = 0;
        int count = 0;
        int read = 0;
        foreach (ref short coefficient in polynomial)
        {
            for (; count < bits; count += 8)
            {
                pending |= (uint)source[read++] << count;
            }

            uint number = pending & ((1u << bits) - 1);
            coefficient = (short)(expands ? ((number * Q) + (1u << (bits - 1))) >> bits : number);
            pending >>= bits;
            count -= bits;
        }
    }

    /// <summary>A product times 1 / R, below q, either sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short Multiply(short left, short right)
    {
        int product = left * right;
        return (short)((product - ((short)(product * InverseOfQ) * Q)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short Reduce(short number) => (short)(number - ((((20159 * number) + (1 << 25)) >> 26) * Q)); // 20159 is 2^26 / q

    private static short[] MakeZetas()
    {
        short[] zetas = new short[Length / 2];
        int power = (1 << 16) % Q;
        for (int i = 0; i < zetas.Length; i++)
        {
            int turned = 0;
            for (int bit = 0; bit < 7; bit++)
            {
                turned |= ((i >> bit) & 1) << (6 - bit);
            }

            zetas[turned] = (short)(power > Q / 2 ? power - Q : power);
            power = power * 17 % Q;
        }

        return zetas;
    }
}
