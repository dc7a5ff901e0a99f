using System.Numerics;
using System.Runtime.InteropServices;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Polynomials of Streamlined NTRU Prime 761: 761 coefficients modulo 3 or 4591, and x^761 = x + 1.</summary>
/// <remarks>Coefficients are the smallest ones, of either sign, in spans of <see cref="Padded"/> of which the rest is zero. Nothing here
/// branches on a coefficient or divides.</remarks>
internal sealed class SntrupModulus
{
    /// <summary>p, how many coefficients a polynomial has.</summary>
    public const int Length = 761;

    /// <summary>How many there is room for, whole vectors.</summary>
    public const int Padded = 768;

    private const int CoarseShift = 18;

    private readonly int _value;
    private readonly int _coarseFactor; // 2^18 / value; 0 if one step is enough
    private readonly int _factor; // 2^shift / value
    private readonly int _shift;

    private SntrupModulus(int value, int coarseFactor, int factor, int shift)
    {
        _value = value;
        _coarseFactor = coarseFactor;
        _factor = factor;
        _shift = shift;
    }

    /// <summary>Modulo 3.</summary>
    public static SntrupModulus Three { get; } = new(3, coarseFactor: 0, factor: 10923, shift: 15);

    /// <summary>Modulo q.</summary>
    public static SntrupModulus Q { get; } = new(4591, coarseFactor: 57, factor: 29235, shift: 27);

    /// <summary>The number of -value / 2 … value / 2 that is the same modulo value.</summary>
    /// <param name="number">Not more than 16 000 modulo 3, and than 2^24 modulo q, of either sign.</param>
    public int Reduce(int number)
    {
        number -= _value * ((_coarseFactor * number) >> CoarseShift);
        return number - (_value * (((_factor * number) + (1 << (_shift - 1))) >> _shift));
    }

    /// <summary>Multiplies a polynomial by one whose coefficients are -1, 0 and 1.</summary>
    public void Multiply(ReadOnlySpan<int> left, ReadOnlySpan<int> small, Span<int> product)
    {
        using var space = new SecretPolynomials<int>(1, 2 * Padded);
        Span<int> sums = space[0];
        ReadOnlySpan<Vector<int>> factors = MemoryMarshal.Cast<int, Vector<int>>(left[..Padded]);
        for (int i = 0; i < Length; i++)
        {
            var digit = new Vector<int>(small[i]);
            Span<Vector<int>> row = MemoryMarshal.Cast<int, Vector<int>>(sums.Slice(i, Padded));
            for (int j = 0; j < row.Length && j < factors.Length; j++)
            {
                row[j] += digit * factors[j];
            }
        }

        product.Clear();
        product[0] = Reduce(sums[0] + sums[Length]);
        for (int i = 1; i < Length; i++)
        {
            product[i] = Reduce(sums[i] + sums[i + Length] + sums[i + Length - 1]);
        }
    }

    /// <summary>Finds what a polynomial of -1, 0 and 1 has to be multiplied by to give a number's inverse.</summary>
    /// <remarks>Euclid's algorithm in steps that are all alike, as many as may be needed (Bernstein and Yang, "Fast constant-time gcd
    /// computation and modular inversion").</remarks>
    /// <returns>Whether there is such a polynomial.</returns>
    public bool TryInvert(ReadOnlySpan<int> small, int number, Span<int> inverse)
    {
        using var space = new SecretPolynomials<int>(4, Padded);
        Span<int> f = space[0];
        Span<int> g = space[1];
        Span<int> v = space[2];
        Span<int> r = space[3];

        // Both are turned around: the constant coefficient is the last.
        f[0] = 1;
        f[Length - 1] = -1;
        f[Length] = -1;
        for (int i = 0; i < Length; i++)
        {
            g[Length - 1 - i] = small[i];
        }

        r[0] = Invert(number);
        int delta = 1;
        for (int step = 0; step < (2 * Length) - 1; step++)
        {
            v[..^1].CopyTo(v[1..]);
            v[0] = 0;
            int swap = (-delta >> 31) & ((g[0] | -g[0]) >> 31);
            delta = (delta ^ (swap & (delta ^ -delta))) + 1;
            Swap(f, g, swap);
            Swap(v, r, swap);
            (int f0, int g0) = (f[0], g[0]);
            Subtract(g, f0, f, g0);
            Subtract(r, f0, v, g0);
            g[1..].CopyTo(g);
            g[^1] = 0;
        }

        int scale = Invert(f[0]);
        inverse.Clear();
        for (int i = 0; i < Length; i++)
        {
            inverse[i] = Reduce(scale * v[Length - 1 - i]);
        }

        return delta == 0;
    }

    /// <summary>Exchanges two polynomials if the mask is all ones.</summary>
    private static void Swap(Span<int> left, Span<int> right, int mask)
    {
        var masks = new Vector<int>(mask);
        Span<Vector<int>> lefts = MemoryMarshal.Cast<int, Vector<int>>(left);
        Span<Vector<int>> rights = MemoryMarshal.Cast<int, Vector<int>>(right);
        for (int i = 0; i < lefts.Length && i < rights.Length; i++)
        {
            Vector<int> difference = masks & (lefts[i] ^ rights[i]);
            lefts[i] ^= difference;
            rights[i] ^= difference;
        }
    }

    /// <summary>left * leftFactor - right * rightFactor, reduced.</summary>
    private void Subtract(Span<int> left, int leftFactor, ReadOnlySpan<int> right, int rightFactor)
    {
        var value = new Vector<int>(_value);
        var coarseFactor = new Vector<int>(_coarseFactor);
        var factor = new Vector<int>(_factor);
        var half = new Vector<int>(1 << (_shift - 1));
        var leftFactors = new Vector<int>(leftFactor);
        var rightFactors = new Vector<int>(rightFactor);
        Span<Vector<int>> lefts = MemoryMarshal.Cast<int, Vector<int>>(left);
        ReadOnlySpan<Vector<int>> rights = MemoryMarshal.Cast<int, Vector<int>>(right);
        for (int i = 0; i < lefts.Length && i < rights.Length; i++)
        {
            Vector<int> number = (lefts[i] * leftFactors) - (rights[i] * rightFactors);
            number -= value * ((coarseFactor * number) >> CoarseShift);
            lefts[i] = number - (value * (((factor * number) + half) >> _shift));
        }
    }

    /// <summary>The inverse of a number: its power of value - 2.</summary>
    private int Invert(int number)
    {
        int power = 1;
        for (int bit = 1 << 12; bit > 0; bit >>= 1)
        {
            power = Reduce(power * power);
            if (((_value - 2) & bit) != 0)
            {
                power = Reduce(power * number);
            }
        }

        return power;
    }
}
