using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>A method and its key: what the two ends of Shadowsocks share.</summary>
internal sealed class ShadowsocksKey
{
    private readonly byte[] _key;

    private ShadowsocksKey(ShadowsocksMethod method, byte[] key)
    {
        Method = method;
        _key = key;
    }

    public ShadowsocksMethod Method { get; }

    /// <summary>How many bytes a datagram grows by.</summary>
    public int Overhead => Method.SaltSize + Method.TagSize;

    private static ReadOnlySpan<byte> SubkeyInfo => "ss-subkey"u8;

    /// <summary>Makes the key of a password.</summary>
    /// <param name="method">The method's name, in any case.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">There is no such method, or no password. The message says what to write.</exception>
    public static ShadowsocksKey Create(string method, string? password)
    {
        ShadowsocksMethod found = ShadowsocksMethods.Find(method);
        return string.IsNullOrEmpty(password)
            ? throw new ArgumentException("Shadowsocks needs a password: without one everybody has the key")
            : new(found, DeriveKey(password, found.KeySize));
    }

    /// <summary>Makes a key of a password as OpenSSL's EVP_BytesToKey does with MD5, without a salt (proxies, section 5.1).</summary>
    public static byte[] DeriveKey(string password, int size)
    {
        byte[] secret = Encoding.UTF8.GetBytes(password);
        byte[] hash = [];
        byte[] key = new byte[size];
        for (int filled = 0; filled < size; filled += hash.Length)
        {
            byte[] next = new byte[MD5.HashSizeInBytes];
            HashMd5(hash, secret, next);
            hash = next;
            hash.AsSpan(0, Math.Min(hash.Length, size - filled)).CopyTo(key.AsSpan(filled));
        }

        return key;
    }

    /// <summary>The MD5 hash of two parts.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The protocol has it so")]
    public static void HashMd5(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(first);
        md5.AppendData(second);
        md5.GetHashAndReset(hash);
    }

    /// <summary>Makes the stream cipher of one direction, or of one datagram.</summary>
    public StreamCipher CreateStream(ReadOnlySpan<byte> iv, bool encrypts) => Method.CreateStream!(_key, iv, encrypts);

    /// <summary>Makes the sealing cipher of one direction, or of one datagram, with a subkey of its own (proxies, section 5.3).</summary>
    public AeadCipher CreateAead(ReadOnlySpan<byte> salt)
    {
        Span<byte> subkey = stackalloc byte[Method.KeySize];
        DeriveSubkey(salt, subkey);
        return Method.CreateAead!(subkey);
    }

    /// <summary>Makes the subkey that belongs to a salt.</summary>
    public void DeriveSubkey(ReadOnlySpan<byte> salt, Span<byte> subkey) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA1, _key, subkey, salt, SubkeyInfo);
}
