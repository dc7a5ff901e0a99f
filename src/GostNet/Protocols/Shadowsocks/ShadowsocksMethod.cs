using GostNet.Internal.Ciphers;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>Makes a stream cipher for one direction of one connection, or for one datagram.</summary>
internal delegate StreamCipher StreamCipherFactory(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, bool encrypts);

/// <summary>Makes a sealing cipher out of a subkey.</summary>
internal delegate AeadCipher AeadCipherFactory(ReadOnlySpan<byte> key);

/// <summary>A Shadowsocks method: a cipher by its name (proxies, sections 5.2 and 5.3).</summary>
/// <param name="Name">Its usual name.</param>
/// <param name="KeySize">The size of the key in bytes.</param>
/// <param name="SaltSize">The size in bytes of the IV, or of the salt.</param>
internal sealed record ShadowsocksMethod(string Name, int KeySize, int SaltSize)
{
    /// <summary>The cipher, if it is a stream cipher.</summary>
    public StreamCipherFactory? CreateStream { get; init; }

    /// <summary>The cipher, if it is one that seals.</summary>
    public AeadCipherFactory? CreateAead { get; init; }

    /// <summary>Whether nobody notices when bytes are changed on their way: so it is with all stream ciphers. They work, for peers that
    /// know nothing better.</summary>
    public bool IsWeak => CreateAead is null;

    /// <summary>How many bytes of the tag stand behind each message.</summary>
    public int TagSize => CreateAead is null ? 0 : AeadCipher.TagSize;
}
