using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>ML-KEM-768, for systems whose own cryptography has none (FIPS 203).</summary>
/// <remarks>All that is random comes in, so that it can be tested.</remarks>
internal static class MlKem768
{
    public const int SeedSize = 64;
    public const int MessageSize = 32;
    public const int SecretSize = 32;
    public const int EncapsulationKeySize = (Rank * EncodedSize) + HashSize;
    public const int DecapsulationKeySize = (Rank * EncodedSize) + EncapsulationKeySize + (2 * HashSize);
    public const int CiphertextSize = (Rank * CompressedSize) + CompressedTailSize;

    private const int Rank = 3;
    private const int HashSize = 32;
    private const int EncodedSize = 12 * MlKemPolynomial.Length / 8;
    private const int Bits = 10;
    private const int CompressedSize = Bits * MlKemPolynomial.Length / 8;
    private const int TailBits = 4;
    private const int CompressedTailSize = TailBits * MlKemPolynomial.Length / 8;

    /// <summary>Whether this system has the hashes.</summary>
    public static bool IsSupported => Shake128.IsSupported && Shake256.IsSupported && SHA3_256.IsSupported && SHA3_512.IsSupported;

    /// <summary>Makes keys (algorithm 16).</summary>
    /// <param name="seed">d and z, of which the keys are made.</param>
    /// <param name="encapsulationKey">ek, of <see cref="EncapsulationKeySize"/> bytes.</param>
    /// <param name="decapsulationKey">dk, of <see cref="DecapsulationKeySize"/> bytes.</param>
    public static void GenerateKeys(ReadOnlySpan<byte> seed, Span<byte> encapsulationKey, Span<byte> decapsulationKey)
    {
        Span<byte> expanded = stackalloc byte[2 * HashSize];
        Span<byte> input = stackalloc byte[HashSize + 1];
        seed[..HashSize].CopyTo(input);
        input[HashSize] = Rank;
        SHA3_512.HashData(input, expanded);
        CryptographicOperations.ZeroMemory(input);
        ReadOnlySpan<byte> publicSeed = expanded[..HashSize];
        ReadOnlySpan<byte> secretSeed = expanded[HashSize..];

        using var secrets = new SecretPolynomials<short>(Rank, MlKemPolynomial.Length);
        using var space = new SecretPolynomials<short>(2, MlKemPolynomial.Length);
        byte counter = 0;
        for (int i = 0; i < Rank; i++)
        {
            SampleSecret(secretSeed, counter++, secrets[i]);
            MlKemPolynomial.Transform(secrets[i]);
            MlKemPolynomial.Encode(secrets[i], decapsulationKey[(i * EncodedSize)..]);
        }

        Span<short> row = space[0];
        Span<short> error = space[1];
        for (int i = 0; i < Rank; i++)
        {
            MultiplyRow(publicSeed, i, isTransposed: false, secrets, row);
            MlKemPolynomial.MultiplyByR(row);
            SampleSecret(secretSeed, counter++, error);
            MlKemPolynomial.Transform(error);
            MlKemPolynomial.Add(row, error);
            MlKemPolynomial.Reduce(row);
            MlKemPolynomial.Encode(row, encapsulationKey[(i * EncodedSize)..]);
        }

        publicSeed.CopyTo(encapsulationKey[(Rank * EncodedSize)..]);
        Span<byte> rest = decapsulationKey[(Rank * EncodedSize)..];
        encapsulationKey.CopyTo(rest);
        SHA3_256.HashData(encapsulationKey, rest.Slice(EncapsulationKeySize, HashSize));
        seed[HashSize..].CopyTo(rest[(EncapsulationKeySize + HashSize)..]);
        CryptographicOperations.ZeroMemory(expanded);
    }

    /// <summary>Whether bytes are an encapsulation key: of the right size, with all its coefficients less than q.</summary>
    public static bool IsEncapsulationKey(ReadOnlySpan<byte> encapsulationKey)
    {
        if (encapsulationKey.Length != EncapsulationKeySize)
        {
            return false;
        }

        Span<short> polynomial = stackalloc short[MlKemPolynomial.Length];
        for (int i = 0; i < Rank; i++)
        {
            if (!MlKemPolynomial.TryDecode(encapsulationKey.Slice(i * EncodedSize, EncodedSize), polynomial))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes a secret and hides it (algorithm 17).</summary>
    /// <param name="encapsulationKey">A key that <see cref="IsEncapsulationKey"/>.</param>
    /// <param name="message">m, random bytes.</param>
    /// <param name="ciphertext">c, of <see cref="CiphertextSize"/> bytes.</param>
    /// <param name="secret">K, of <see cref="SecretSize"/> bytes.</param>
    public static void Encapsulate(
        ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> message, Span<byte> ciphertext, Span<byte> secret)
    {
        Span<byte> input = stackalloc byte[MessageSize + HashSize];
        Span<byte> output = stackalloc byte[SecretSize + HashSize];
        message.CopyTo(input);
        SHA3_256.HashData(encapsulationKey, input[MessageSize..]);
        SHA3_512.HashData(input, output);
        Encrypt(encapsulationKey, message, output[SecretSize..], ciphertext);
        output[..SecretSize].CopyTo(secret);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
    }

    /// <summary>Finds a secret; of a ciphertext that the key did not make, one that only the key's owner could know (algorithm 18). Which
    /// of the two it was does not show.</summary>
    public static void Decapsulate(ReadOnlySpan<byte> decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        ReadOnlySpan<byte> encapsulationKey = decapsulationKey.Slice(Rank * EncodedSize, EncapsulationKeySize);
        ReadOnlySpan<byte> hash = decapsulationKey.Slice((Rank * EncodedSize) + EncapsulationKeySize, HashSize);
        ReadOnlySpan<byte> rejectionSeed = decapsulationKey[^HashSize..];
        Span<byte> input = stackalloc byte[MessageSize + HashSize];
        Span<byte> output = stackalloc byte[SecretSize + HashSize];
        Decrypt(decapsulationKey, ciphertext, input[..MessageSize]);
        hash.CopyTo(input[MessageSize..]);
        SHA3_512.HashData(input, output);

        Span<byte> rejection = stackalloc byte[HashSize + CiphertextSize];
        rejectionSeed.CopyTo(rejection);
        ciphertext.CopyTo(rejection[HashSize..]);
        Shake256.HashData(rejection, secret);

        Span<byte> again = rejection[HashSize..];
        Encrypt(encapsulationKey, input[..MessageSize], output[SecretSize..], again);
        byte mask = (byte)-Unsafe.BitCast<bool, byte>(CryptographicOperations.FixedTimeEquals(again, ciphertext));
        for (int i = 0; i < SecretSize; i++)
        {
            secret[i] ^= (byte)(mask & (secret[i] ^ output[i]));
        }

        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(output);
        CryptographicOperations.ZeroMemory(rejection);
    }

    /// <summary>K-PKE.Encrypt (algorithm 14).</summary>
    private static void Encrypt(
        ReadOnlySpan<byte> encapsulationKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> seed, Span<byte> ciphertext)
    {
        ReadOnlySpan<byte> publicSeed = encapsulationKey[(Rank * EncodedSize)..];
        using var secrets = new SecretPolynomials<short>(Rank, MlKemPolynomial.Length);
        using var space = new SecretPolynomials<short>(2, MlKemPolynomial.Length);
        byte counter = 0;
        for (int i = 0; i < Rank; i++)
        {
            SampleSecret(seed, counter++, secrets[i]);
            MlKemPolynomial.Transform(secrets[i]);
        }

        Span<short> sum = space[0];
        Span<short> other = space[1];
        for (int i = 0; i < Rank; i++)
        {
            MultiplyRow(publicSeed, i, isTransposed: true, secrets, sum);
            MlKemPolynomial.TransformBack(sum);
            SampleSecret(seed, counter++, other);
            MlKemPolynomial.Add(sum, other);
            MlKemPolynomial.Reduce(sum);
            MlKemPolynomial.Compress(sum, Bits, ciphertext[(i * CompressedSize)..]);
        }

        sum.Clear();
        for (int i = 0; i < Rank; i++)
        {
            MlKemPolynomial.TryDecode(encapsulationKey.Slice(i * EncodedSize, EncodedSize), other);
            MlKemPolynomial.MultiplyAdd(sum, other, secrets[i]);
        }

        MlKemPolynomial.Reduce(sum);
        MlKemPolynomial.TransformBack(sum);
        SampleSecret(seed, counter, other);
        MlKemPolynomial.Add(sum, other);
        MlKemPolynomial.Expand(message, bits: 1, other);
        MlKemPolynomial.Add(sum, other);
        MlKemPolynomial.Reduce(sum);
        MlKemPolynomial.Compress(sum, TailBits, ciphertext[(Rank * CompressedSize)..]);
    }

    /// <summary>K-PKE.Decrypt (algorithm 15).</summary>
    private static void Decrypt(ReadOnlySpan<byte> decapsulationKey, ReadOnlySpan<byte> ciphertext, Span<byte> message)
    {
        using var space = new SecretPolynomials<short>(3, MlKemPolynomial.Length);
        Span<short> sum = space[0];
        Span<short> left = space[1];
        Span<short> right = space[2];
        for (int i = 0; i < Rank; i++)
        {
            MlKemPolynomial.Expand(ciphertext.Slice(i * CompressedSize, CompressedSize), Bits, left);
            MlKemPolynomial.Transform(left);
            MlKemPolynomial.TryDecode(decapsulationKey.Slice(i * EncodedSize, EncodedSize), right);
            MlKemPolynomial.MultiplyAdd(sum, left, right);
        }

        MlKemPolynomial.Reduce(sum);
        MlKemPolynomial.TransformBack(sum);
        MlKemPolynomial.Expand(ciphertext[(Rank * CompressedSize)..], TailBits, left);
        for (int i = 0; i < MlKemPolynomial.Length; i++)
        {
            left[i] -= sum[i];
        }

        MlKemPolynomial.Reduce(left);
        MlKemPolynomial.Compress(left, bits: 1, message);
    }

    /// <summary>A row of the public matrix times the secret vector: transformed, reduced, and times 1 / R.</summary>
    private static void MultiplyRow(
        ReadOnlySpan<byte> publicSeed, int row, bool isTransposed, SecretPolynomials<short> secrets, Span<short> sum)
    {
        Span<short> entry = stackalloc short[MlKemPolynomial.Length];
        Span<byte> seed = stackalloc byte[HashSize + 2];
        publicSeed.CopyTo(seed);
        sum.Clear();
        for (int column = 0; column < Rank; column++)
        {
            seed[HashSize] = (byte)(isTransposed ? row : column);
            seed[HashSize + 1] = (byte)(isTransposed ? column : row);
            MlKemPolynomial.SampleUniform(seed, entry);
            MlKemPolynomial.MultiplyAdd(sum, entry, secrets[column]);
        }

        MlKemPolynomial.Reduce(sum);
    }

    /// <summary>Makes a polynomial of small coefficients of a secret seed and a number.</summary>
    private static void SampleSecret(ReadOnlySpan<byte> secretSeed, byte counter, Span<short> polynomial)
    {
        Span<byte> seed = stackalloc byte[HashSize + 1];
        Span<byte> random = stackalloc byte[MlKemPolynomial.BinomialSize];
        secretSeed.CopyTo(seed);
        seed[HashSize] = counter;
        Shake256.HashData(seed, random);
        MlKemPolynomial.SampleBinomial(random, polynomial);
        CryptographicOperations.ZeroMemory(seed);
        CryptographicOperations.ZeroMemory(random);
    }
}
