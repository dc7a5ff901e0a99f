using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>Blowfish with the costly key schedule of bcrypt, which libraries keep to themselves.</summary>
internal sealed class Blowfish : IDisposable
{
    private const int Rounds = 16;
    private const int Subkeys = Rounds + 2;
    private const int BoxSize = 256;

    /// <summary>The subkeys, and behind them the four boxes, as the cipher begins: the digits of pi behind the point.</summary>
    private static readonly Lazy<uint[]> Initial = new(() => ComputePi(Subkeys + (4 * BoxSize)));

    private readonly uint[] _state = new uint[Subkeys + (4 * BoxSize)];

    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_state.AsSpan()));

    /// <summary>Begins anew.</summary>
    public void Reset() => Initial.Value.CopyTo(_state, 0);

    /// <summary>Mixes a key into the state, and a salt as well if there is one. Both are taken in circles.</summary>
    /// <param name="key">A multiple of four bytes.</param>
    /// <param name="salt">A multiple of eight bytes, or none.</param>
    public void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        for (int i = 0; i < Subkeys; i++)
        {
            _state[i] ^= BinaryPrimitives.ReadUInt32BigEndian(key[(i * sizeof(uint) % key.Length)..]);
        }

        (uint left, uint right) = (0, 0);
        int saltAt = 0;
        for (int i = 0; i < _state.Length; i += 2)
        {
            if (!salt.IsEmpty)
            {
                left ^= BinaryPrimitives.ReadUInt32BigEndian(salt[saltAt..]);
                right ^= BinaryPrimitives.ReadUInt32BigEndian(salt[(saltAt + sizeof(uint))..]);
                saltAt = (saltAt + (2 * sizeof(uint))) % salt.Length;
            }

            Encrypt(ref left, ref right);
            _state[i] = left;
            _state[i + 1] = right;
        }
    }

    /// <summary>Encrypts a block.</summary>
    public void Encrypt(ref uint left, ref uint right)
    {
        // Without checks of bounds, which the types of the indexes make sure of: this is nearly all that bcrypt does.
        ref uint subkeys = ref MemoryMarshal.GetArrayDataReference(_state);
        ref uint boxes = ref Unsafe.Add(ref subkeys, Subkeys);
        (uint l, uint r) = (left, right);
        for (int i = 0; i < Rounds; i += 2)
        {
            l ^= Unsafe.Add(ref subkeys, i);
            r ^= Mix(ref boxes, l);
            r ^= Unsafe.Add(ref subkeys, i + 1);
            l ^= Mix(ref boxes, r);
        }

        left = r ^ Unsafe.Add(ref subkeys, Rounds + 1);
        right = l ^ Unsafe.Add(ref subkeys, Rounds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(ref uint boxes, uint value) =>
        ((Unsafe.Add(ref boxes, value >> 24) + Unsafe.Add(ref boxes, BoxSize + ((value >> 16) & 0xff)))
            ^ Unsafe.Add(ref boxes, (2 * BoxSize) + ((value >> 8) & 0xff)))
        + Unsafe.Add(ref boxes, (3 * BoxSize) + (value & 0xff));

    /// <summary>The digits of pi behind the point, by Machin's formula.</summary>
    private static uint[] ComputePi(int words)
    {
        const int SpareBits = 64; // Far more than the divisions round off.
        int bits = (32 * words) + SpareBits;
        BigInteger pi = (16 * ArcTangentOfInverse(5, bits)) - (4 * ArcTangentOfInverse(239, bits));
        byte[] digits = (pi - (3 * (BigInteger.One << bits)) >> SpareBits).ToByteArray(isUnsigned: true, isBigEndian: true);
        uint[] result = new uint[words];
        for (int i = 0; i < words; i++)
        {
            result[i] = BinaryPrimitives.ReadUInt32BigEndian(digits.AsSpan(i * sizeof(uint)));
        }

        return result;
    }

    /// <summary>arctan(1/x) as a whole number of units of 2 to the minus bits.</summary>
    private static BigInteger ArcTangentOfInverse(int x, int bits)
    {
        BigInteger power = (BigInteger.One << bits) / x;
        BigInteger sum = power;
        for (int n = 3; !power.IsZero; n += 2)
        {
            power /= x * x;
            sum += n % 4 == 3 ? -(power / n) : power / n;
        }

        return sum;
    }
}
