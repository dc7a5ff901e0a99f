using System.Security.Cryptography;

namespace GostNet.Ssh.Ciphers;

/// <summary>Seals with AES-GCM: the length field stays in the clear and is authenticated (ssh, section 2.6).</summary>
internal sealed class AesGcmSealer(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv) : PacketSealer
{
    private readonly AesGcm _aes = new(key, AesGcmOpener.TagBytes);
    private readonly GcmNonce _nonce = new(iv);

    public override int BlockSize => AesGcmOpener.BlockBytes;

    public override bool PadsLength => false;

    public override int TagSize => AesGcmOpener.TagBytes;

    public override void Seal(uint sequenceNumber, Span<byte> packet)
    {
        Span<byte> length = packet[..sizeof(uint)];
        Span<byte> body = packet[sizeof(uint)..^TagSize];
        _aes.Encrypt(_nonce.Bytes, body, body, packet[^TagSize..], length);
        _nonce.Advance();
    }

    public override void Dispose()
    {
        _aes.Dispose();
        base.Dispose();
    }
}
