using System.Buffers.Binary;
using GostNet.Internal.Ciphers;

namespace GostNet.Ssh.Ciphers;

/// <summary>Opens what <see cref="AesCtrSealer"/> sealed.</summary>
internal sealed class AesCtrOpener(MacAlgorithm mac, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> key, ReadOnlySpan<byte> macKey) : PacketOpener
{
    /// <summary>Bytes of a block of AES.</summary>
    public const int BlockBytes = 16;

    private readonly AesCtrCipher _aes = new(key, iv);
    private readonly PacketMac _mac = new(mac, macKey);

    public override int BlockSize => BlockBytes;

    public override bool PadsLength => !mac.IsEncryptThenMac;

    public override int TagSize => mac.TagSize;

    public override int HeaderSize => mac.IsEncryptThenMac ? sizeof(uint) : BlockBytes;

    public override uint ReadLength(uint sequenceNumber, Span<byte> header)
    {
        if (!mac.IsEncryptThenMac)
        {
            Decrypt(header[..HeaderSize]);
        }

        return BinaryPrimitives.ReadUInt32BigEndian(header);
    }

    public override bool TryOpen(uint sequenceNumber, Span<byte> packet)
    {
        if (packet.Length < HeaderSize + TagSize)
        {
            return false;
        }

        Span<byte> body = packet[HeaderSize..^TagSize];
        if (!mac.IsEncryptThenMac)
        {
            Decrypt(body);
            return _mac.Matches(sequenceNumber, packet);
        }

        if (!_mac.Matches(sequenceNumber, packet))
        {
            return false;
        }

        Decrypt(body);
        return true;
    }

    public override void Dispose()
    {
        _aes.Dispose();
        _mac.Dispose();
        base.Dispose();
    }

    private void Decrypt(Span<byte> bytes) => _aes.Transform(bytes, bytes);
}
