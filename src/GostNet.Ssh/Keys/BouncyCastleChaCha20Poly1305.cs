using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace GostNet.Ssh.Keys;

/// <summary>chacha20-poly1305@openssh.com over a key file: one packet with the number 0 whose length is not there, so that the second half
/// of the key is not used (ssh, sections 2.7 and 2.10). Only what both packages of BouncyCastle have, old and new, is used.</summary>
internal static class BouncyCastleChaCha20Poly1305
{
    private const int BlockSize = 64;
    private const int KeySize = 32;

    /// <summary>Checks and decrypts.</summary>
    public static bool TryDecrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        byte[] keyCopy = key[..KeySize].ToArray();
        byte[] encrypted = source.ToArray();
        byte[] block = new byte[BlockSize];
        byte[] computed = new byte[tag.Length];
        var chaCha = new ChaChaEngine(20);
        chaCha.Init(true, new ParametersWithIV(new KeyParameter(keyCopy), new byte[8]));
        chaCha.ProcessBytes(block, 0, block.Length, block, 0);

        var poly = new Poly1305();
        poly.Init(new KeyParameter(block, 0, KeySize));
        poly.BlockUpdate(encrypted, 0, encrypted.Length);
        poly.DoFinal(computed, 0);
        bool isRight = CryptographicOperations.FixedTimeEquals(computed, tag);
        if (isRight)
        {
            chaCha.ProcessBytes(encrypted, 0, encrypted.Length, encrypted, 0);
            encrypted.CopyTo(destination);
        }

        CryptographicOperations.ZeroMemory(keyCopy);
        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(encrypted);
        return isRight;
    }
}
