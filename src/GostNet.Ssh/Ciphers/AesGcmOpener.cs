using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Ssh.Ciphers;

/// <summary>Opens what <see cref="AesGcmSealer"/> sealed.</summary>
internal sealed class AesGcmOpener(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) : PacketOpener
{
    /// <summary>Bytes of a block of AES.</summary>
    public const int BlockBytes = 16;

    /// <summary>Bytes of tag.</summary>
    public const int TagBytes = 16;

    private readonly AesGcm _aes = new(key, TagBytes);
    private readonly GcmNonce _nonce = new(iv);

    public override int BlockSize => BlockBytes;

    public override bool PadsLength => false;

    public override int TagSize => TagBytes;

    public override int HeaderSize => sizeof(uint);

    public override uint ReadLength(uint sequenceNumber, Span<byte> header) => BinaryPrimitives.ReadUInt32BigEndian(header);

    public override bool TryOpen(uint sequenceNumber, Span<byte> packet)
    {
        if (packet.Length < HeaderSize + TagSize)
        {
            return false;
        }

        Span<byte> length = packet[..HeaderSize];
        Span<byte> body = packet[HeaderSize..^TagSize];
        try
        {
            _aes.Decrypt(_nonce.Bytes, body, packet[^TagSize..], body, length);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        _nonce.Advance();
        return true;
    }

    public override void Dispose()
    {
        _aes.Dispose();
        base.Dispose();
    }
}
