using System.Security.Cryptography;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>The format of OpenSSH's private keys, inside of its base64 (ssh, section 2.10).</summary>
internal static class OpenSshKeyFormat
{
    public const string Label = "OPENSSH PRIVATE KEY";

    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    /// <summary>Reads a key.</summary>
    /// <param name="source">All of it.</param>
    /// <param name="passphrase">What it is encrypted with, or nothing.</param>
    /// <exception cref="SshKeyException">It cannot be used.</exception>
    public static SshPrivateKey Read(ReadOnlySpan<byte> source, string? passphrase)
    {
        if (!source.StartsWith(Magic))
        {
            throw SshKeyException.Malformed("The private key does not begin as OpenSSH's do.");
        }

        var reader = new SshReader(source[Magic.Length..]);
        if (!reader.TryReadString(out ReadOnlySpan<byte> cipherName) || !reader.TryReadString(out ReadOnlySpan<byte> kdfName)
            || !reader.TryReadString(out ReadOnlySpan<byte> kdfOptions) || !reader.TryReadUInt32(out uint keys))
        {
            throw Short();
        }

        if (keys != 1)
        {
            throw SshKeyException.Unsupported($"The file holds {keys} private keys instead of one.");
        }

        if (!reader.TryReadString(out ReadOnlySpan<byte> publicBlob) || !reader.TryReadString(out ReadOnlySpan<byte> encrypted))
        {
            throw Short();
        }

        if (!PublicKeys.TryRead(publicBlob, out SshPublicKey? publicKey, out string? problem))
        {
            throw SshKeyException.Unsupported(problem);
        }

        KeyFileCipher cipher = KeyFileCipher.Find(cipherName)
            ?? throw SshKeyException.Unsupported($"The cipher of the private key is not supported: {PeerText.Escape(cipherName)}.");
        if (encrypted.IsEmpty || encrypted.Length % cipher.BlockSize != 0 || reader.Rest.Length != cipher.TagSize)
        {
            throw SshKeyException.Malformed("The encrypted part of the private key does not have a length that goes with its cipher.");
        }

        byte[] keyAndIv = DeriveKey(cipher, kdfName, kdfOptions, passphrase);
        byte[]? plain = cipher.TryDecrypt(keyAndIv, encrypted, reader.Rest);
        CryptographicOperations.ZeroMemory(keyAndIv);
        if (plain is null)
        {
            throw SshKeyException.WrongPassphrase();
        }

        try
        {
            return ReadPrivatePart(plain, publicKey, cipher.IsNone);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Writes an Ed25519 key without a passphrase. Whoever calls clears the writer.</summary>
    public static SshWriter Write(Ed25519PrivateKey key)
    {
        // Big enough that no copy of the secret is left behind by growing; the writer itself is cleared.
        Span<byte> check = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(check);
        var inner = new SshWriter(512 + (4 * key.Comment.Length));
        inner.Bytes(check).Bytes(check).Text(KeyAlgorithms.Ed25519).String(key.Point);
        inner.UInt32((uint)(key.Seed.Length + key.Point.Length)).Bytes(key.Seed).Bytes(key.Point).Text(key.Comment);
        for (byte padding = 1; inner.Length % 8 != 0; padding++)
        {
            inner.Byte(padding);
        }

        var writer = new SshWriter(512 + inner.Length);
        writer.Bytes(Magic).Text("none").Text("none").String(default).UInt32(1).String(key.PublicKey.Blob.Span).String(inner.Written);
        inner.Clear();
        return writer;
    }

    private static byte[] DeriveKey(
        KeyFileCipher cipher, ReadOnlySpan<byte> kdfName, ReadOnlySpan<byte> kdfOptions, string? passphrase)
    {
        if (cipher.IsNone)
        {
            return kdfName.SequenceEqual("none"u8) && kdfOptions.IsEmpty
                ? []
                : throw SshKeyException.Malformed("The private key is not encrypted, and yet says how.");
        }

        if (!kdfName.SequenceEqual("bcrypt"u8))
        {
            throw SshKeyException.Unsupported(
                $"The way to a key from the passphrase is not supported: {PeerText.Escape(kdfName)}.");
        }

        var reader = new SshReader(kdfOptions);
        if (!reader.TryReadString(out ReadOnlySpan<byte> salt) || salt.IsEmpty || !reader.TryReadUInt32(out uint rounds) || !reader.IsAtEnd)
        {
            throw SshKeyException.Malformed("The private key does not tell its salt and rounds.");
        }

        if (rounds is 0 or > BcryptPbkdf.MaxRounds)
        {
            throw SshKeyException.Unsupported(
                $"The private key asks for {rounds} rounds from the passphrase to the key; 1 to {BcryptPbkdf.MaxRounds} are supported.");
        }

        byte[] keyAndIv = new byte[cipher.KeyAndIvSize];
        using var secret = new Passphrase(passphrase);
        BcryptPbkdf.Derive(secret.Utf8, salt, (int)rounds, keyAndIv);
        return keyAndIv;
    }

    private static SshPrivateKey ReadPrivatePart(ReadOnlySpan<byte> plain, SshPublicKey publicKey, bool isPlain)
    {
        var reader = new SshReader(plain);
        if (!reader.TryReadUInt32(out uint check) || !reader.TryReadUInt32(out uint checkAgain) || check != checkAgain)
        {
            throw isPlain
                ? SshKeyException.Malformed("The private key is damaged: its check words differ.")
                : SshKeyException.WrongPassphrase();
        }

        if (!reader.TryReadString(out ReadOnlySpan<byte> type))
        {
            throw Short();
        }

        if (!Ascii.Equals(type, publicKey.Type))
        {
            throw SshKeyException.HalvesDiffer();
        }

        SshPrivateKey key = publicKey switch
        {
            Ed25519PublicKey => ReadEd25519(ref reader),
            EcdsaPublicKey ecdsa => ReadEcdsa(ref reader, ecdsa.Curve),
            _ => ReadRsa(ref reader),
        };
        try
        {
            if (!key.PublicKey.Blob.Span.SequenceEqual(publicKey.Blob.Span))
            {
                throw SshKeyException.HalvesDiffer();
            }

            if (!reader.TryReadString(out ReadOnlySpan<byte> comment))
            {
                throw Short();
            }

            key.Comment = PeerText.Escape(comment);
            for (int i = 1; reader.TryReadByte(out byte padding); i++)
            {
                if (padding != (byte)i)
                {
                    throw SshKeyException.Malformed("The padding of the private key is not 1, 2, 3 and so on.");
                }
            }

            return key;
        }
        catch (SshKeyException)
        {
            key.Dispose();
            throw;
        }
    }

    private static Ed25519PrivateKey ReadEd25519(ref SshReader reader)
    {
        const int SeedSize = BouncyCastleEd25519.SeedSize;
        if (!reader.TryReadString(out ReadOnlySpan<byte> point) || !reader.TryReadString(out ReadOnlySpan<byte> pair)
            || pair.Length != SeedSize + BouncyCastleEd25519.PublicKeySize)
        {
            throw Short();
        }

        var key = new Ed25519PrivateKey(pair[..SeedSize]);
        if (!key.Point.SequenceEqual(point) || !key.Point.SequenceEqual(pair[SeedSize..]))
        {
            key.Dispose();
            throw SshKeyException.HalvesDiffer();
        }

        return key;
    }

    private static EcdsaPrivateKey ReadEcdsa(ref SshReader reader, EcdsaCurve curve)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> name) || !reader.TryReadString(out ReadOnlySpan<byte> point)
            || !reader.TryReadMpint(out ReadOnlySpan<byte> secret))
        {
            throw Short();
        }

        return Ascii.Equals(name, curve.Name) ? EcdsaPrivateKey.Create(curve, secret, point) : throw SshKeyException.HalvesDiffer();
    }

    private static RsaPrivateKey ReadRsa(ref SshReader reader)
    {
        if (!reader.TryReadMpint(out ReadOnlySpan<byte> n) || !reader.TryReadMpint(out ReadOnlySpan<byte> e)
            || !reader.TryReadMpint(out ReadOnlySpan<byte> d) || !reader.TryReadMpint(out ReadOnlySpan<byte> inverseQ)
            || !reader.TryReadMpint(out ReadOnlySpan<byte> p) || !reader.TryReadMpint(out ReadOnlySpan<byte> q))
        {
            throw Short();
        }

        return RsaPrivateKey.Create(n, e, d, p, q, inverseQ);
    }

    private static SshKeyException Short() => SshKeyException.Malformed("The private key ends too early, or a number in it is negative.");
}
