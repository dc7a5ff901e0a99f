using System.Security.Cryptography;

namespace GostNet.Internal.Ciphers;

/// <summary>AES block by block, made once for a key: the one-shot methods of <see cref="Aes"/> set the key anew each time.</summary>
internal static class AesBlocks
{
    /// <summary>Encrypts each block by itself.</summary>
    public static ICryptoTransform Create(ReadOnlySpan<byte> key) => Create(key, CipherMode.ECB, iv: default);

    /// <summary>Encrypts blocks with the feedback of whole blocks (CFB-128).</summary>
    public static ICryptoTransform CreateFeedback(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) => Create(key, CipherMode.CFB, iv);

    private static ICryptoTransform Create(ReadOnlySpan<byte> key, CipherMode mode, ReadOnlySpan<byte> iv)
    {
        using var aes = Aes.Create();
        aes.Mode = mode;
        aes.Padding = PaddingMode.None;
        aes.SetKey(key);
        if (mode == CipherMode.CFB)
        {
            aes.FeedbackSize = aes.BlockSize;
            aes.IV = iv.ToArray();
        }

        return aes.CreateEncryptor();
    }
}
