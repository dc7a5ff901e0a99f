using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Powers of numbers modulo an odd one, by Montgomery's multiplication.</summary>
/// <remarks>Neither <see cref="BigInteger"/> nor BouncyCastle takes the same time for every exponent; this does, and takes half of theirs.
/// Numbers are limbs of 64 bits, the least significant first.</remarks>
internal sealed class MontgomeryModulus
{
    private const int WindowBits = 4;
    private const int WindowSize = 1 << WindowBits;

    private readonly ulong[] _modulus;
    private readonly ulong[] _one; // R
    private readonly ulong[] _square; // R squared
    private readonly ulong _inverse; // what makes the lowest limb vanish: -1 / modulus, modulo 2^64

    /// <summary>Takes the modulus, the most significant byte first; its bytes are a multiple of 8.</summary>
    public MontgomeryModulus(ReadOnlySpan<byte> modulus)
    {
        var number = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        int bits = 8 * modulus.Length;
        _modulus = ToLimbs(number, modulus.Length);
        _one = ToLimbs((BigInteger.One << bits) % number, modulus.Length);
        _square = ToLimbs((BigInteger.One << (2 * bits)) % number, modulus.Length);
        ulong inverse = _modulus[0]; // right in 3 bits, and in twice as many each time
        for (int right = 3; right < 64; right *= 2)
        {
            inverse *= 2 - (_modulus[0] * inverse);
        }

        _inverse = 0 - inverse;
    }

    /// <summary>A number to the power of another.</summary>
    /// <param name="value">The number, the most significant byte first; less than the modulus.</param>
    /// <param name="exponent">The exponent, the most significant byte first. Only its length shows in the time that it takes.</param>
    public byte[] Power(ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent)
    {
        int size = _modulus.Length;
        ulong[] powers = new ulong[WindowSize * size];
        Span<ulong> chosen = new ulong[size];
        Span<ulong> result = new ulong[size];
        Span<ulong> space = new ulong[size + 2];
        byte[] bytes = new byte[size * sizeof(ulong)];

        value.CopyTo(bytes.AsSpan(bytes.Length - value.Length));
        Reverse(bytes, chosen);
        _one.CopyTo(powers, 0);
        Multiply(chosen, _square, powers.AsSpan(size, size), space);
        for (int i = 2; i < WindowSize; i++)
        {
            Multiply(powers.AsSpan((i - 1) * size, size), powers.AsSpan(size, size), powers.AsSpan(i * size, size), space);
        }

        _one.CopyTo(result);
        foreach (byte digits in exponent)
        {
            for (int shift = 8 - WindowBits; shift >= 0; shift -= WindowBits)
            {
                for (int i = 0; i < WindowBits; i++)
                {
                    Multiply(result, result, result, space);
                }

                Choose(powers, (digits >> shift) & (WindowSize - 1), chosen);
                Multiply(result, chosen, result, space);
            }
        }

        // Out of Montgomery's form.
        chosen.Clear();
        chosen[0] = 1;
        Multiply(result, chosen, result, space);
        Reverse(result, bytes);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(powers.AsSpan()));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(chosen));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(result));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(space));
        return bytes;
    }

    /// <summary>Takes one entry of the table, and touches all of them.</summary>
    private static void Choose(ReadOnlySpan<ulong> table, int index, Span<ulong> chosen)
    {
        chosen.Clear();
        for (int i = 0; i < WindowSize; i++)
        {
            // All ones if it is this one: of no other does the difference minus 1 fall below 0.
            ulong mask = (ulong)(((long)(i ^ index) - 1) >> 63);
            ReadOnlySpan<ulong> entry = table.Slice(i * chosen.Length, chosen.Length);
            for (int j = 0; j < entry.Length; j++)
            {
                chosen[j] |= entry[j] & mask;
            }
        }
    }

    private static ulong[] ToLimbs(BigInteger number, int size)
    {
        byte[] bytes = new byte[size];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();
    }

    /// <summary>Limbs of bytes, the most significant first.</summary>
    private static void Reverse(ReadOnlySpan<byte> bytes, Span<ulong> limbs)
    {
        for (int i = 0; i < limbs.Length; i++)
        {
            limbs[^(i + 1)] = BinaryPrimitives.ReadUInt64BigEndian(bytes[(i * sizeof(ulong))..]);
        }
    }

    private static void Reverse(ReadOnlySpan<ulong> limbs, Span<byte> bytes)
    {
        for (int i = 0; i < limbs.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes[(i * sizeof(ulong))..], limbs[^(i + 1)]);
        }
    }

    /// <summary>Adds a product and a carry to a limb.</summary>
    private static ulong MultiplyAdd(ulong limb, ulong left, ulong right, ref ulong carry)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        low += limb;
        high += low < limb ? 1UL : 0;
        low += carry;
        high += low < carry ? 1UL : 0;
        carry = high;
        return low;
    }

    /// <summary>left * right / R. The product may overwrite either.</summary>
    private void Multiply(ReadOnlySpan<ulong> left, ReadOnlySpan<ulong> right, Span<ulong> product, Span<ulong> space)
    {
        ReadOnlySpan<ulong> modulus = _modulus;
        int size = modulus.Length;
        left = left[..size];
        space = space[..(size + 2)];
        space.Clear();
        foreach (ulong digit in right)
        {
            ulong carry = 0;
            for (int j = 0; j < left.Length; j++)
            {
                space[j] = MultiplyAdd(space[j], left[j], digit, ref carry);
            }

            ulong top = space[size] + carry;
            space[size + 1] = top < carry ? 1UL : 0;
            space[size] = top;

            ulong factor = space[0] * _inverse;
            carry = 0;
            MultiplyAdd(space[0], modulus[0], factor, ref carry);
            for (int j = 1; j < modulus.Length; j++)
            {
                space[j - 1] = MultiplyAdd(space[j], modulus[j], factor, ref carry);
            }

            top = space[size] + carry;
            space[size - 1] = top;
            space[size] = space[size + 1] + (top < carry ? 1UL : 0);
        }

        // Less than twice the modulus: it is taken off once, and the one or the other is kept.
        ulong borrow = 0;
        for (int j = 0; j < size; j++)
        {
            ulong difference = space[j] - modulus[j];
            ulong under = space[j] < modulus[j] ? 1UL : 0;
            product[j] = difference - borrow;
            borrow = under | (difference < borrow ? 1UL : 0);
        }

        ulong keep = 0 - (borrow & ~space[size]); // the top is 0 or 1
        for (int j = 0; j < size; j++)
        {
            product[j] = (space[j] & keep) | (product[j] & ~keep);
        }
    }
}
