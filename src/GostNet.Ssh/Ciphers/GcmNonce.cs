using System.Buffers.Binary;

namespace GostNet.Ssh.Ciphers;

/// <summary>The nonce of AES-GCM: 4 bytes of the IV that stay, and 8 that count the packets, modulo 2^64 (ssh, section 2.6).</summary>
internal sealed class GcmNonce(ReadOnlySpan<byte> iv)
{
    private readonly byte[] _bytes = iv.ToArray();

    /// <summary>The nonce of the packet at hand.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Goes on to the next packet.</summary>
    public void Advance()
    {
        Span<byte> counter = _bytes.AsSpan(sizeof(uint));
        BinaryPrimitives.WriteUInt64BigEndian(counter, unchecked(BinaryPrimitives.ReadUInt64BigEndian(counter) + 1));
    }
}
