using System.Buffers.Binary;

namespace GostNet.Protocols.Shadowsocks;

/// <summary>One direction of a connection in chunks: a sealed length of two bytes and a sealed payload (proxies, section 5.4).</summary>
/// <param name="cipher">The cipher of this direction, which it owns.</param>
/// <param name="nonce">How many messages were sealed or opened before.</param>
internal sealed class ShadowsocksChunks(AeadCipher cipher, ulong nonce = 0) : IDisposable
{
    /// <summary>The largest payload. The upper two bits of the length are zero.</summary>
    public const int MaxPayload = 0x3FFF;

    /// <summary>The size of a sealed length.</summary>
    public const int HeaderSize = 2 + AeadCipher.TagSize;

    /// <summary>How many bytes a chunk has beside its payload.</summary>
    public const int Overhead = HeaderSize + AeadCipher.TagSize;

    private ulong _nonce = nonce;

    /// <summary>The size of so many bytes in chunks.</summary>
    public static int GetSize(int count) => count + ((count + MaxPayload - 1) / MaxPayload * Overhead);

    /// <summary>Seals one chunk.</summary>
    /// <param name="head">The beginning of its payload.</param>
    /// <param name="source">The rest.</param>
    /// <param name="destination">Takes the chunk.</param>
    /// <returns>The size of the chunk.</returns>
    public int Seal(ReadOnlySpan<byte> head, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> length = stackalloc byte[2];
        int size = head.Length + source.Length;
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)size);
        Seal(length, destination);
        Span<byte> payload = destination[HeaderSize..];
        if (!head.IsEmpty)
        {
            head.CopyTo(payload);
            source.CopyTo(payload[head.Length..]);
            source = payload[..size];
        }

        Seal(source, payload);
        return size + Overhead;
    }

    /// <summary>Opens a length.</summary>
    /// <returns>It, or -1 if it was not sealed with this key at this place.</returns>
    public int OpenLength(ReadOnlySpan<byte> source)
    {
        Span<byte> length = stackalloc byte[2];
        return TryOpen(source[..HeaderSize], length) ? BinaryPrimitives.ReadUInt16BigEndian(length) : -1;
    }

    /// <summary>Opens a payload.</summary>
    /// <returns>Whether it was sealed with this key at this place.</returns>
    public bool TryOpen(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[AeadCipher.NonceSize];
        TakeNonce(nonce);
        return cipher.TryOpen(nonce, source, destination);
    }

    public void Dispose() => cipher.Dispose();

    private void Seal(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> nonce = stackalloc byte[AeadCipher.NonceSize];
        TakeNonce(nonce);
        cipher.Seal(nonce, source, destination);
    }

    private void TakeNonce(Span<byte> nonce)
    {
        if (_nonce == ulong.MaxValue)
        {
            throw new ForwardException(ForwardError.ProtocolError, "The nonces of a Shadowsocks connection are used up.");
        }

        nonce.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, _nonce++);
    }
}
