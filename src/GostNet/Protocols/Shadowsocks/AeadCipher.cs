namespace GostNet.Protocols.Shadowsocks;

/// <summary>A cipher that seals messages one by one (proxies, section 5.3). The tag has 16 bytes and the nonce 12.</summary>
internal abstract class AeadCipher : IDisposable
{
    public const int TagSize = 16;
    public const int NonceSize = 12;

    /// <summary>Seals a message.</summary>
    /// <param name="nonce">Never the same for two messages.</param>
    /// <param name="source">The message.</param>
    /// <param name="destination">Takes its cipher text and then the tag. It may begin where the source does, and must not overlap it
    /// otherwise.</param>
    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Opens a message.</summary>
    /// <param name="nonce">The one that it was sealed with.</param>
    /// <param name="source">Its cipher text and the tag.</param>
    /// <param name="destination">Takes the message. It may begin where the source does.</param>
    /// <returns>Whether it was sealed with this key, this nonce, and is unchanged.</returns>
    public abstract bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> source, Span<byte> destination);

    public abstract void Dispose();
}
