using System.Formats.Asn1;
using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>Encrypted PKCS#8: PBES2 with PBKDF2 and AES or Triple-DES in CBC (RFC 8018), which is what OpenSSL and OpenSSH write.</summary>
/// <remarks>Read here since the library's own reader takes any number of iterations from a file, and does not tell a wrong passphrase from
/// a key of another kind.</remarks>
internal static class Pkcs8Encryption
{
    public const string Label = "ENCRYPTED PRIVATE KEY";

    /// <summary>The most iterations that are taken: seconds of work. OpenSSL writes 2048.</summary>
    public const int MaxIterations = 10_000_000;

    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";

    /// <summary>Decrypts.</summary>
    /// <returns>PKCS#8, if the passphrase was right; nothing tells for certain. Whoever calls overwrites it when done.</returns>
    /// <exception cref="SshKeyException">It cannot be decrypted.</exception>
    /// <exception cref="AsnContentException">It is not made as it should be.</exception>
    public static byte[] Decrypt(ReadOnlyMemory<byte> source, string? passphrase)
    {
        AsnReader outer = new AsnReader(source, AsnEncodingRules.DER).ReadSequence();
        AsnReader scheme = outer.ReadSequence();
        byte[] encrypted = outer.ReadOctetString();
        if (scheme.ReadObjectIdentifier() is var oid && oid != Pbes2)
        {
            throw SshKeyException.Unsupported($"The encryption of the private key is not PBES2, but {oid}, which is not supported.");
        }

        AsnReader parameters = scheme.ReadSequence();
        AsnReader derivation = parameters.ReadSequence();
        AsnReader encryption = parameters.ReadSequence();
        if (derivation.ReadObjectIdentifier() is var kdf && kdf != Pbkdf2)
        {
            throw SshKeyException.Unsupported($"The way to a key from the passphrase is not PBKDF2, but {kdf}, which is not supported.");
        }

        AsnReader pbkdf2 = derivation.ReadSequence();
        byte[] salt = pbkdf2.ReadOctetString();
        if (!pbkdf2.TryReadInt32(out int iterations) || iterations is < 1 or > MaxIterations)
        {
            throw SshKeyException.Unsupported(
                $"The private key asks for more than {MaxIterations} iterations from the passphrase to the key, or for none.");
        }

        HashAlgorithmName hash = ReadHash(pbkdf2);
        using SymmetricAlgorithm cipher = ReadCipher(encryption);
        byte[] iv = encryption.ReadOctetString();
        if (iv.Length != cipher.BlockSize / 8)
        {
            throw SshKeyException.Malformed("The IV of the private key does not have the length of a block.");
        }

        return KeyEncryption.DecryptCbc(
            cipher, iv, encrypted, passphrase, (secret, key) => Rfc2898DeriveBytes.Pbkdf2(secret, salt, key, iterations, hash));
    }

    /// <summary>Reads the last parts of PBKDF2's parameters, which need not be there: the key's length, and the hash.</summary>
    private static HashAlgorithmName ReadHash(AsnReader pbkdf2)
    {
        if (pbkdf2.HasData && pbkdf2.PeekTag() == Asn1Tag.Integer)
        {
            pbkdf2.ReadInteger();
        }

        return !pbkdf2.HasData ? HashAlgorithmName.SHA1 : pbkdf2.ReadSequence().ReadObjectIdentifier() switch
        {
            "1.2.840.113549.2.7" => HashAlgorithmName.SHA1,
            "1.2.840.113549.2.9" => HashAlgorithmName.SHA256,
            "1.2.840.113549.2.10" => HashAlgorithmName.SHA384,
            "1.2.840.113549.2.11" => HashAlgorithmName.SHA512,
            var oid => throw SshKeyException.Unsupported($"The hash from the passphrase to the key is {oid}, which is not supported."),
        };
    }

    private static SymmetricAlgorithm ReadCipher(AsnReader encryption) => encryption.ReadObjectIdentifier() switch
    {
        "2.16.840.1.101.3.4.1.2" => KeyEncryption.CreateAes(128),
        "2.16.840.1.101.3.4.1.22" => KeyEncryption.CreateAes(192),
        "2.16.840.1.101.3.4.1.42" => KeyEncryption.CreateAes(256),
        "1.2.840.113549.3.7" => KeyEncryption.CreateTripleDes(),
        var oid => throw SshKeyException.Unsupported($"The cipher of the private key is {oid}, which is not supported."),
    };
}
