using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>Makes keys of passphrases as OpenSSH's key files do (ssh, section 2.10).</summary>
internal static class BcryptPbkdf
{
    /// <summary>The most rounds that are taken: each costs a few milliseconds for every 32 bytes of the key.</summary>
    public const int MaxRounds = 2048;

    private const int BlockSize = 32;
    private const int CostlyExpansions = 64;

    /// <summary>Derives a key.</summary>
    /// <param name="passphrase">UTF-8.</param>
    /// <param name="salt">Not empty.</param>
    /// <param name="rounds">1 to <see cref="MaxRounds"/>.</param>
    /// <param name="key">Takes the key.</param>
    public static void Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int rounds, Span<byte> key)
    {
        Span<byte> hashedPassphrase = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> hashedSalt = stackalloc byte[SHA512.HashSizeInBytes];
        Span<byte> output = stackalloc byte[BlockSize];
        Span<byte> sum = stackalloc byte[BlockSize];
        byte[] numberedSalt = [.. salt, 0, 0, 0, 0];
        using var blowfish = new Blowfish();
        SHA512.HashData(passphrase, hashedPassphrase);

        // The blocks are not put one behind the other, but dealt out like cards.
        int blocks = (key.Length + BlockSize - 1) / BlockSize;
        for (int block = 0; block < blocks; block++)
        {
            BinaryPrimitives.WriteInt32BigEndian(numberedSalt.AsSpan(salt.Length), block + 1);
            SHA512.HashData(numberedSalt, hashedSalt);
            Hash(blowfish, hashedPassphrase, hashedSalt, output);
            output.CopyTo(sum);
            for (int round = 1; round < rounds; round++)
            {
                SHA512.HashData(output, hashedSalt);
                Hash(blowfish, hashedPassphrase, hashedSalt, output);
                for (int i = 0; i < BlockSize; i++)
                {
                    sum[i] ^= output[i];
                }
            }

            for (int i = 0, at = block; at < key.Length; i++, at += blocks)
            {
                key[at] = sum[i];
            }
        }

        CryptographicOperations.ZeroMemory(hashedPassphrase);
        CryptographicOperations.ZeroMemory(hashedSalt);
        CryptographicOperations.ZeroMemory(output);
        CryptographicOperations.ZeroMemory(sum);
    }

    /// <summary>bcrypt, with hashes for password and salt, and a longer text.</summary>
    private static void Hash(Blowfish blowfish, ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, Span<byte> output)
    {
        blowfish.Reset();
        blowfish.Expand(passphrase, salt);
        for (int i = 0; i < CostlyExpansions; i++)
        {
            blowfish.Expand(salt, default);
            blowfish.Expand(passphrase, default);
        }

        ReadOnlySpan<byte> text = "OxychromaticBlowfishSwatDynamite"u8;
        for (int at = 0; at < BlockSize; at += 2 * sizeof(uint))
        {
            uint left = BinaryPrimitives.ReadUInt32BigEndian(text[at..]);
            uint right = BinaryPrimitives.ReadUInt32BigEndian(text[(at + sizeof(uint))..]);
            for (int i = 0; i < CostlyExpansions; i++)
            {
                blowfish.Encrypt(ref left, ref right);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(output[at..], left);
            BinaryPrimitives.WriteUInt32LittleEndian(output[(at + sizeof(uint))..], right);
        }
    }
}
