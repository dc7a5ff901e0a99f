using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>The old encryption of PEM: <c>DEK-Info: AES-128-CBC,IV</c>, with a key from MD5 (ssh, section 2.10).</summary>
internal static class LegacyPemEncryption
{
    private const int SaltSize = 8;

    /// <summary>Decrypts. Nothing tells for certain whether the passphrase was right.</summary>
    /// <param name="dekInfo">The header's value: cipher and IV.</param>
    /// <param name="source">The encrypted key.</param>
    /// <param name="passphrase">The passphrase, or nothing.</param>
    /// <exception cref="SshKeyException">It cannot be decrypted.</exception>
    public static byte[] Decrypt(ReadOnlySpan<byte> dekInfo, ReadOnlySpan<byte> source, string? passphrase)
    {
        int comma = dekInfo.IndexOf((byte)',');
        ReadOnlySpan<byte> name = comma < 0 ? dekInfo : dekInfo[..comma];
        using SymmetricAlgorithm cipher = CreateCipher(name);
        byte[] iv = new byte[cipher.BlockSize / 8];
        ReadOnlySpan<byte> hex = dekInfo[(comma + 1)..];
        if (comma < 0 || hex.Length != 2 * iv.Length || Convert.FromHexString(hex, iv, out _, out _) != OperationStatus.Done)
        {
            throw SshKeyException.Malformed("The header DEK-Info of the private key has no IV that goes with its cipher.");
        }

        return KeyEncryption.DecryptCbc(cipher, iv, source, passphrase, (secret, key) => DeriveKey(secret, iv.AsSpan(0, SaltSize), key));
    }

    private static SymmetricAlgorithm CreateCipher(ReadOnlySpan<byte> name)
    {
        foreach (int bits in new[] { 128, 192, 256 })
        {
            if (Ascii.Equals(name, $"AES-{bits}-CBC"))
            {
                return KeyEncryption.CreateAes(bits);
            }
        }

        return name.SequenceEqual("DES-EDE3-CBC"u8)
            ? KeyEncryption.CreateTripleDes()
            : throw SshKeyException.Unsupported($"The cipher of the private key is not supported: {PeerText.Escape(name)}.");
    }

    /// <summary>EVP_BytesToKey of OpenSSL, with MD5 and one iteration: each hash begins with the one before it.</summary>
    private static void DeriveKey(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        for (int at = 0; at < key.Length; at += hash.Length)
        {
            if (at > 0)
            {
                md5.AppendData(hash);
            }

            md5.AppendData(passphrase);
            md5.AppendData(salt);
            md5.GetHashAndReset(hash);
            hash[..Math.Min(hash.Length, key.Length - at)].CopyTo(key[at..]);
        }

        CryptographicOperations.ZeroMemory(hash);
    }
}
