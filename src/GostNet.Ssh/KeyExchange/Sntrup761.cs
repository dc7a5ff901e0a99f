using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Streamlined NTRU Prime 761, the encapsulation that OpenSSH had before ML-KEM (NTRU Prime, round 3).</summary>
/// <remarks>
/// <code>
/// private key: | f 191 | 1 / g 191 | public key 1158 | rejection secret 191 | hash of the public key 32 |
/// ciphertext:  | rounded product 1007 | confirmation 32 |
/// </code>
/// </remarks>
internal static class Sntrup761
{
    public const int PublicKeySize = 1158;
    public const int PrivateKeySize = (3 * SmallSize) + PublicKeySize + HashSize;
    public const int CiphertextSize = RoundedSize + HashSize;
    public const int SecretSize = HashSize;

    private const int Length = SntrupModulus.Length;
    private const int SmallSize = 191;
    private const int RoundedSize = 1007;
    private const int HashSize = 32;

    /// <summary>How many coefficients of a short polynomial are not zero.</summary>
    private const int Weight = 286;

    private const int Q = 4591;
    private const int HalfOfQ = Q / 2;
    private const int RoundedLimit = (Q + 2) / 3;

    /// <summary>Makes keys.</summary>
    public static void GenerateKeys(Span<byte> publicKey, Span<byte> privateKey)
    {
        using var space = new SecretPolynomials<int>(4, SntrupModulus.Padded);
        Span<int> g = space[0];
        Span<int> inverse = space[1];
        do
        {
            SampleSmall(g);
        }
        while (!SntrupModulus.Three.TryInvert(g, number: 1, inverse));

        Span<int> f = space[2];
        SampleShort(f);
        EncodeSmall(f, privateKey);
        EncodeSmall(inverse, privateKey[SmallSize..]);
        MakePublicKey(f, g, publicKey);

        Span<byte> rest = privateKey[(2 * SmallSize)..];
        publicKey.CopyTo(rest);
        RandomNumberGenerator.Fill(rest.Slice(PublicKeySize, SmallSize));
        Hash(4, publicKey, rest[(PublicKeySize + SmallSize)..]);
    }

    /// <summary>Makes the public key g / 3f.</summary>
    public static void MakePublicKey(ReadOnlySpan<int> f, ReadOnlySpan<int> g, Span<byte> publicKey)
    {
        using var space = new SecretPolynomials<int>(2, SntrupModulus.Padded);
        SntrupModulus.Q.TryInvert(f, number: 3, space[0]);
        SntrupModulus.Q.Multiply(space[0], g, space[1]);
        uint[] numbers = new uint[Length];
        for (int i = 0; i < Length; i++)
        {
            numbers[i] = (uint)(space[1][i] + HalfOfQ);
        }

        SntrupCodec.Encode(numbers, Q, publicKey);
    }

    /// <summary>Makes a secret and hides it.</summary>
    public static void Encapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret)
    {
        using var space = new SecretPolynomials<int>(1, SntrupModulus.Padded);
        Span<byte> encoded = stackalloc byte[SmallSize];
        Span<byte> keyHash = stackalloc byte[HashSize];
        SampleShort(space[0]);
        EncodeSmall(space[0], encoded);
        Hash(4, publicKey, keyHash);
        Hide(space[0], encoded, publicKey, keyHash, ciphertext);
        MakeSecret(1, encoded, ciphertext, secret);
        CryptographicOperations.ZeroMemory(encoded);
    }

    /// <summary>Finds a secret; of a ciphertext that the key did not make, one that only the key's owner could know. Which of the two it
    /// was does not show.</summary>
    public static void Decapsulate(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        ReadOnlySpan<byte> publicKey = privateKey.Slice(2 * SmallSize, PublicKeySize);
        ReadOnlySpan<byte> rejection = privateKey.Slice((2 * SmallSize) + PublicKeySize, SmallSize);
        ReadOnlySpan<byte> keyHash = privateKey[^HashSize..];
        using var space = new SecretPolynomials<int>(3, SntrupModulus.Padded);
        Span<int> first = space[0];
        Span<int> second = space[1];
        Span<int> third = space[2];

        // 3 f c, and what is left of it modulo 3, over g.
        DecodeRounded(ciphertext, first);
        DecodeSmall(privateKey, second);
        SntrupModulus.Q.Multiply(first, second, third);
        for (int i = 0; i < Length; i++)
        {
            third[i] = SntrupModulus.Three.Reduce(SntrupModulus.Q.Reduce(3 * third[i]));
        }

        DecodeSmall(privateKey[SmallSize..], second);
        SntrupModulus.Three.Multiply(third, second, first);
        ReplaceUnlessShort(first);

        Span<byte> encoded = stackalloc byte[SmallSize];
        Span<byte> again = stackalloc byte[CiphertextSize];
        EncodeSmall(first, encoded);
        Hide(first, encoded, publicKey, keyHash, again);
        byte isRight = Unsafe.BitCast<bool, byte>(CryptographicOperations.FixedTimeEquals(again, ciphertext));
        byte mask = (byte)(isRight - 1);
        for (int i = 0; i < SmallSize; i++)
        {
            encoded[i] ^= (byte)(mask & (encoded[i] ^ rejection[i]));
        }

        MakeSecret(isRight, encoded, ciphertext, secret);
        CryptographicOperations.ZeroMemory(encoded);
        CryptographicOperations.ZeroMemory(again);
    }

    /// <summary>Reads a polynomial of -1, 0 and 1: two bits for each coefficient.</summary>
    public static void DecodeSmall(ReadOnlySpan<byte> source, Span<int> polynomial)
    {
        for (int i = 0; i < Length; i++)
        {
            polynomial[i] = ((source[i / 4] >> (2 * (i % 4))) & 3) - 1;
        }
    }

    private static void EncodeSmall(ReadOnlySpan<int> polynomial, Span<byte> destination)
    {
        destination[..SmallSize].Clear();
        for (int i = 0; i < Length; i++)
        {
            destination[i / 4] |= (byte)((polynomial[i] + 1) << (2 * (i % 4)));
        }
    }

    /// <summary>Makes the ciphertext of a short polynomial.</summary>
    private static void Hide(
        ReadOnlySpan<int> polynomial,
        ReadOnlySpan<byte> encoded,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> keyHash,
        Span<byte> ciphertext)
    {
        using var space = new SecretPolynomials<int>(2, SntrupModulus.Padded);
        uint[] numbers = new uint[Length];
        SntrupCodec.Decode(publicKey, Q, numbers);
        for (int i = 0; i < Length; i++)
        {
            space[0][i] = (int)numbers[i] - HalfOfQ;
        }

        SntrupModulus.Q.Multiply(space[0], polynomial, space[1]);
        for (int i = 0; i < Length; i++)
        {
            // The nearest multiple of 3, over 3.
            int number = space[1][i];
            numbers[i] = (uint)(((number - SntrupModulus.Three.Reduce(number) + HalfOfQ) * 10923) >> 15);
        }

        SntrupCodec.Encode(numbers, RoundedLimit, ciphertext[..RoundedSize]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(numbers.AsSpan()));

        Span<byte> input = stackalloc byte[2 * HashSize];
        Hash(3, encoded, input);
        keyHash.CopyTo(input[HashSize..]);
        Hash(2, input, ciphertext[RoundedSize..]);
        CryptographicOperations.ZeroMemory(input);
    }

    private static void DecodeRounded(ReadOnlySpan<byte> ciphertext, Span<int> polynomial)
    {
        uint[] numbers = new uint[Length];
        SntrupCodec.Decode(ciphertext[..RoundedSize], RoundedLimit, numbers);
        for (int i = 0; i < Length; i++)
        {
            polynomial[i] = (int)(3 * numbers[i]) - HalfOfQ;
        }
    }

    private static void MakeSecret(byte prefix, ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        Span<byte> input = stackalloc byte[HashSize + CiphertextSize];
        Hash(3, encoded, input);
        ciphertext.CopyTo(input[HashSize..]);
        Hash(prefix, input, secret);
        CryptographicOperations.ZeroMemory(input);
    }

    /// <summary>Half of SHA-512, of a prefix and data.</summary>
    private static void Hash(byte prefix, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[2 * HashSize];
        byte[] input = [prefix, .. data];
        SHA512.HashData(input, hash);
        hash[..HashSize].CopyTo(destination);
        CryptographicOperations.ZeroMemory(hash);
        CryptographicOperations.ZeroMemory(input);
    }

    /// <summary>Makes a polynomial of another weight the one that begins with ones.</summary>
    private static void ReplaceUnlessShort(Span<int> polynomial)
    {
        int difference = -Weight;
        foreach (int coefficient in polynomial)
        {
            difference += coefficient & 1;
        }

        int mask = (difference | -difference) >> 31;
        for (int i = 0; i < Length; i++)
        {
            polynomial[i] ^= mask & (polynomial[i] ^ (i < Weight ? 1 : 0));
        }
    }

    /// <summary>Makes a polynomial of -1, 0 and 1, each as likely as another.</summary>
    private static void SampleSmall(Span<int> polynomial)
    {
        Span<byte> random = stackalloc byte[sizeof(uint) * Length];
        RandomNumberGenerator.Fill(random);
        for (int i = 0; i < Length; i++)
        {
            uint number = BinaryPrimitives.ReadUInt32LittleEndian(random[(sizeof(uint) * i)..]) >> 2;
            polynomial[i] = (int)((3 * number) >> 30) - 1;
        }

        CryptographicOperations.ZeroMemory(random);
    }

    /// <summary>Makes a polynomial of <see cref="Weight"/> ones, of either sign, and otherwise zeros: they are the low bits of random
    /// numbers, and get to their places when the numbers are sorted.</summary>
    private static void SampleShort(Span<int> polynomial)
    {
        Span<byte> random = stackalloc byte[sizeof(uint) * Length];
        RandomNumberGenerator.Fill(random);
        Span<uint> numbers = MemoryMarshal.Cast<byte, uint>(random);
        for (int i = 0; i < Length; i++)
        {
            // 0 or 2 becomes -1 or 1; 1 becomes 0.
            numbers[i] = i < Weight ? numbers[i] & ~1u : (numbers[i] & ~3u) | 1;
        }

        Sort(numbers);
        for (int i = 0; i < Length; i++)
        {
            polynomial[i] = (int)(numbers[i] & 3) - 1;
        }

        CryptographicOperations.ZeroMemory(random);
    }

    /// <summary>Sorts by comparisons that are always the same ones (Batcher's network; Knuth, volume 3, 5.2.2, algorithm M).</summary>
    private static void Sort(Span<uint> numbers)
    {
        const int Top = 512; // the largest power of 2 below the length
        for (int p = Top; p > 0; p /= 2)
        {
            (int q, int r, int d) = (Top, 0, p);
            while (true)
            {
                for (int i = 0; i < numbers.Length - d; i++)
                {
                    if ((i & p) == r)
                    {
                        (uint low, uint high) = (numbers[i], numbers[i + d]);
                        uint difference = (low ^ high) & (uint)(((long)high - low) >> 63);
                        numbers[i] = low ^ difference;
                        numbers[i + d] = high ^ difference;
                    }
                }

                if (q == p)
                {
                    break;
                }

                (q, r, d) = (q / 2, p, q - p);
            }
        }
    }
}
