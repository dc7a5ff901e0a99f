using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>What both ways to encrypt PEM have in common: CBC under a key from the passphrase, with nothing that authenticates.</summary>
internal static class KeyEncryption
{
    /// <summary>Makes a key of a passphrase.</summary>
    public delegate void Derivation(ReadOnlySpan<byte> passphrase, Span<byte> key);

    public static SymmetricAlgorithm CreateAes(int bits)
    {
        var aes = Aes.Create();
        aes.KeySize = bits;
        return aes;
    }

    [SuppressMessage("Security", "CA5350", Justification = "Old files are encrypted with it.")]
    public static SymmetricAlgorithm CreateTripleDes() => TripleDES.Create();

    /// <summary>Decrypts. Whoever calls overwrites the result when done.</summary>
    /// <exception cref="SshKeyException">There is no passphrase, or it is wrong, or the length is not one of whole blocks.</exception>
    public static byte[] DecryptCbc(
        SymmetricAlgorithm cipher, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> source, string? passphrase, Derivation derive)
    {
        if (source.IsEmpty || source.Length % iv.Length != 0)
        {
            throw SshKeyException.Malformed("The encrypted private key does not consist of whole blocks.");
        }

        byte[] key = new byte[cipher.KeySize / 8];
        using var secret = new Passphrase(passphrase);
        derive(secret.Utf8, key);
        try
        {
            cipher.SetKey(key);
            return cipher.DecryptCbc(source, iv);
        }
        catch (CryptographicException e)
        {
            throw SshKeyException.WrongPassphrase(e); // The padding is wrong.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
