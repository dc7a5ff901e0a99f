using System.Security.Cryptography;
using System.Text;
using GostNet.Internal.Ciphers;

namespace GostNet.Ssh.Keys;

/// <summary>A cipher of OpenSSH's key files (ssh, section 2.10).</summary>
internal sealed class KeyFileCipher
{
    private static readonly int[] AesKeySizes = [16, 24, 32];

    private static readonly KeyFileCipher[] All =
    [
        new("none", Mode.None, keySize: 0, ivSize: 0, blockSize: 8, tagSize: 0),
        .. Aes("-ctr", Mode.Counter, ivSize: 16, tagSize: 0),
        .. Aes("-cbc", Mode.Chaining, ivSize: 16, tagSize: 0),
        .. Aes("-gcm@openssh.com", Mode.Galois, ivSize: 12, tagSize: 16),
        new("chacha20-poly1305@openssh.com", Mode.ChaCha20, keySize: 64, ivSize: 0, blockSize: 8, tagSize: 16),
    ];

    private readonly string _name;
    private readonly Mode _mode;
    private readonly int _ivSize;

    private KeyFileCipher(string name, Mode mode, int keySize, int ivSize, int blockSize, int tagSize)
    {
        _name = name;
        _mode = mode;
        _ivSize = ivSize;
        KeySize = keySize;
        BlockSize = blockSize;
        TagSize = tagSize;
    }

    private enum Mode
    {
        None,
        Counter,
        Chaining,
        Galois,
        ChaCha20,
    }

    public bool IsNone => _mode == Mode.None;

    /// <summary>Bytes of the key.</summary>
    public int KeySize { get; }

    /// <summary>Bytes of key and IV, which are derived as one.</summary>
    public int KeyAndIvSize => KeySize + _ivSize;

    /// <summary>What the length of the encrypted part is a multiple of.</summary>
    public int BlockSize { get; }

    /// <summary>Bytes of the tag behind the encrypted part; 0 if the cipher does not authenticate.</summary>
    public int TagSize { get; }

    public static KeyFileCipher? Find(ReadOnlySpan<byte> name)
    {
        foreach (KeyFileCipher cipher in All)
        {
            if (Ascii.Equals(name, cipher._name))
            {
                return cipher;
            }
        }

        return null;
    }

    /// <summary>Decrypts.</summary>
    /// <param name="keyAndIv">Key and IV.</param>
    /// <param name="source">The encrypted part: whole blocks.</param>
    /// <param name="tag">Its tag.</param>
    /// <returns>What was encrypted, or <see langword="null"/> if the tag is not right.</returns>
    public byte[]? TryDecrypt(ReadOnlySpan<byte> keyAndIv, ReadOnlySpan<byte> source, ReadOnlySpan<byte> tag)
    {
        ReadOnlySpan<byte> key = keyAndIv[..KeySize];
        ReadOnlySpan<byte> iv = keyAndIv[KeySize..];
        byte[] plain = new byte[source.Length];
        switch (_mode)
        {
            case Mode.None:
                source.CopyTo(plain);
                return plain;
            case Mode.Counter:
                using (var counter = new AesCtrCipher(key, iv))
                {
                    counter.Transform(source, plain);
                }

                return plain;
            case Mode.Chaining:
                using (var aes = System.Security.Cryptography.Aes.Create())
                {
                    aes.SetKey(key);
                    aes.DecryptCbc(source, iv, plain, PaddingMode.None);
                }

                return plain;
            case Mode.Galois:
                using (var aes = new AesGcm(key, TagSize))
                {
                    try
                    {
                        aes.Decrypt(iv, source, tag, plain);
                        return plain;
                    }
                    catch (AuthenticationTagMismatchException)
                    {
                        return null;
                    }
                }

            default:
                return BouncyCastleChaCha20Poly1305.TryDecrypt(key, source, tag, plain) ? plain : null;
        }
    }

    private static IEnumerable<KeyFileCipher> Aes(string suffix, Mode mode, int ivSize, int tagSize) =>
        AesKeySizes.Select(size => new KeyFileCipher($"aes{8 * size}{suffix}", mode, size, ivSize, blockSize: 16, tagSize));
}
