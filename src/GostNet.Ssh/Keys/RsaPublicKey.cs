using System.Numerics;
using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>An RSA key (RFC 4253, section 6.6), with the signatures of RFC 8332.</summary>
internal sealed class RsaPublicKey : SshPublicKey
{
    /// <summary>Bits that a modulus has to have (ssh, section 2.5).</summary>
    public const int MinBits = 2048;

    /// <inheritdoc cref="MinBits"/>
    public const int MaxBits = 8192;

    /// <summary>Bytes of the exponent, which is 65537 nearly always. A long one makes every check slow.</summary>
    private const int MaxExponentSize = 8;

    private static readonly IReadOnlyList<string> Names = [KeyAlgorithms.RsaSha512, KeyAlgorithms.RsaSha256, KeyAlgorithms.Rsa];

    private readonly byte[] _modulus;
    private readonly byte[] _exponent;

    private RsaPublicKey(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        _modulus = modulus.ToArray();
        _exponent = exponent.ToArray();
        Blob = new SshWriter(2 * _modulus.Length).Text(KeyAlgorithms.Rsa).Mpint(exponent).Mpint(modulus).ToArray();
    }

    public override string Type => KeyAlgorithms.Rsa;

    public override ReadOnlyMemory<byte> Blob { get; }

    public override IReadOnlyList<string> Algorithms => Names;

    /// <summary>The hash of a signature algorithm.</summary>
    /// <exception cref="ArgumentException">The algorithm is none of RSA's.</exception>
    public static HashAlgorithmName HashOf(string algorithm) => algorithm switch
    {
        KeyAlgorithms.RsaSha512 => HashAlgorithmName.SHA512,
        KeyAlgorithms.RsaSha256 => HashAlgorithmName.SHA256,
        KeyAlgorithms.Rsa => HashAlgorithmName.SHA1,
        _ => throw new ArgumentException($"RSA keys do not sign by {algorithm}.", nameof(algorithm)),
    };

    /// <summary>Reads what follows the type.</summary>
    public static RsaPublicKey? TryRead(ref SshReader reader, out string? problem)
    {
        if (!TryReadShortest(ref reader, out ReadOnlySpan<byte> exponent) || !TryReadShortest(ref reader, out ReadOnlySpan<byte> modulus))
        {
            problem = "The RSA key is not two positive numbers, each written in its shortest form.";
            return null;
        }

        return TryCreate(modulus, exponent, out problem);
    }

    /// <summary>Makes a key of its numbers, which have no leading zeros.</summary>
    public static RsaPublicKey? TryCreate(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, out string? problem)
    {
        long bits = modulus.IsEmpty ? 0 : (8L * modulus.Length) - 7 + BitOperations.Log2(modulus[0]);
        if (bits is < MinBits or > MaxBits)
        {
            problem = $"The RSA key has {bits} bits; it has to have {MinBits} to {MaxBits}.";
            return null;
        }

        bool isSound = !exponent.IsEmpty && exponent.Length <= MaxExponentSize && !exponent.SequenceEqual((ReadOnlySpan<byte>)[1])
            && (exponent[^1] & modulus[^1] & 1) == 1;
        problem = isSound ? null : "The exponent or the modulus of the RSA key is even, or the exponent is 1 or too long.";
        return isSound ? new(modulus, exponent) : null;
    }

    public override bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (!Names.Contains(algorithm) || !SshSignature.TryRead(signature, algorithm, out ReadOnlySpan<byte> raw)
            || raw.Length > _modulus.Length)
        {
            return false;
        }

        // Some peers leave out zeros at its beginning.
        Span<byte> padded = stackalloc byte[_modulus.Length];
        padded.Clear();
        raw.CopyTo(padded[^raw.Length..]);
        try
        {
            using RSA key = RSA.Create(new RSAParameters { Modulus = _modulus, Exponent = _exponent });
            return key.VerifyData(data, padded, HashOf(algorithm), RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false; // For instance where the system forbids SHA-1.
        }
    }

    /// <summary>Reads an mpint that has no superfluous zeros.</summary>
    private static bool TryReadShortest(ref SshReader reader, out ReadOnlySpan<byte> value)
    {
        SshReader ahead = reader;
        bool isRead = reader.TryReadMpint(out value) && ahead.TryReadString(out ReadOnlySpan<byte> written)
            && !value.IsEmpty && written.Length == value.Length + (value[0] >> 7);
        return isRead;
    }
}
