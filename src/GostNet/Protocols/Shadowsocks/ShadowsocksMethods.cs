using System.Security.Cryptography;
using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>The Shadowsocks methods, by their names.</summary>
internal static class ShadowsocksMethods
{
    public const string Default = "chacha20-ietf-poly1305";

    /// <summary>All of them, the good ones first.</summary>
    public static readonly IReadOnlyList<ShadowsocksMethod> All =
    [
        new(Default, 32, 32)
        {
            CreateAead = key => ChaCha20Poly1305.IsSupported
                ? new ChaCha20Poly1305Cipher(key)
                : BouncyCastleCiphers.CreateChaCha20Poly1305(key),
        },
        AesGcm(16),
        AesGcm(24),
        AesGcm(32),
        Stream("chacha20", 32, 8, ChaCha20),
        Stream("chacha20-ietf", 32, 12, ChaCha20),
        Stream("xchacha20", 32, 24, ChaCha20),
        Stream("salsa20", 32, 8, (key, iv, _) => BouncyCastleCiphers.CreateSalsa20(key, iv)),
        AesCfb(16),
        AesCfb(24),
        AesCfb(32),
        AesCtr(16),
        AesCtr(24),
        AesCtr(32),
        Stream("rc4-md5", 16, 16, Rc4),
        Stream("rc4-md5-6", 16, 6, Rc4),
        Stream("bf-cfb", 16, 8, BouncyCastleCiphers.CreateBlowfish),
        Stream("cast5-cfb", 16, 8, BouncyCastleCiphers.CreateCast5),
        Stream("des-cfb", 8, 8, BouncyCastleCiphers.CreateDes),
    ];

    private static readonly Dictionary<string, ShadowsocksMethod> Table = MakeTable();

    /// <summary>The usual names, for messages.</summary>
    public static string KnownNames => string.Join(", ", All.Select(method => method.Name));

    /// <summary>Finds a method.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="ArgumentException">There is none of this name, or it must not be used. The message says which there are.</exception>
    public static ShadowsocksMethod Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Table.TryGetValue(name, out ShadowsocksMethod? method) ? method : throw new ArgumentException(
            name.Equals("dummy", StringComparison.OrdinalIgnoreCase) || name.Equals("none", StringComparison.OrdinalIgnoreCase)
                ? $"'{name}' encrypts nothing, and is not served; write one of {KnownNames}"
            : name.EndsWith("-auth", StringComparison.OrdinalIgnoreCase)
                ? $"'{name}' asks for one-time authentication, which is broken and gone from Shadowsocks; write one of {KnownNames}"
            : $"'{name}' is not a Shadowsocks method; write one of {KnownNames}");
    }

    private static Dictionary<string, ShadowsocksMethod> MakeTable()
    {
        Dictionary<string, ShadowsocksMethod> table = new(StringComparer.OrdinalIgnoreCase)
        {
            ["AEAD_CHACHA20_POLY1305"] = All[0],
            ["AEAD_AES_128_GCM"] = All[1],
            ["AEAD_AES_192_GCM"] = All[2],
            ["AEAD_AES_256_GCM"] = All[3],
        };
        foreach (ShadowsocksMethod method in All)
        {
            table.Add(method.Name, method);
        }

        return table;
    }

    private static ShadowsocksMethod AesGcm(int keySize) =>
        new($"aes-{8 * keySize}-gcm", keySize, keySize) { CreateAead = key => new AesGcmCipher(key) };

    private static ShadowsocksMethod AesCfb(int keySize) => Stream($"aes-{8 * keySize}-cfb", keySize, 16, AesCfbCipher.Create);

    private static ShadowsocksMethod AesCtr(int keySize) =>
        Stream($"aes-{8 * keySize}-ctr", keySize, 16, (key, iv, _) => new AesCtrCipher(key, iv));

    private static ShadowsocksMethod Stream(string name, int keySize, int saltSize, StreamCipherFactory create) =>
        new(name, keySize, saltSize) { CreateStream = create };

    private static ChaCha20Cipher ChaCha20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts) => new(key, iv);

    private static StreamCipher Rc4(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts)
    {
        Span<byte> mixed = stackalloc byte[MD5.HashSizeInBytes];
        ShadowsocksKey.HashMd5(key, iv, mixed);
        return BouncyCastleCiphers.CreateRc4(mixed);
    }
}
