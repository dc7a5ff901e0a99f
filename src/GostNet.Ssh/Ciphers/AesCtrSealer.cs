using GostNet.Internal.Ciphers;

namespace GostNet.Ssh.Ciphers;

/// <summary>Seals with AES in counter mode and a MAC: over the plain packet, all of which is then encrypted (RFC 4253, section 6.4), or
/// over what was encrypted, with the length in the clear (ssh, section 2.4).</summary>
internal sealed class AesCtrSealer(MacAlgorithm mac, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> key, ReadOnlySpan<byte> macKey) : PacketSealer
{
    private readonly AesCtrCipher _aes = new(key, iv);
    private readonly PacketMac _mac = new(mac, macKey);

    public override int BlockSize => AesCtrOpener.BlockBytes;

    public override bool PadsLength => !mac.IsEncryptThenMac;

    public override int TagSize => mac.TagSize;

    public override void Seal(uint sequenceNumber, Span<byte> packet)
    {
        if (mac.IsEncryptThenMac)
        {
            Encrypt(packet[sizeof(uint)..^TagSize]);
            _mac.Write(sequenceNumber, packet);
        }
        else
        {
            _mac.Write(sequenceNumber, packet);
            Encrypt(packet[..^TagSize]);
        }
    }

    public override void Dispose()
    {
        _aes.Dispose();
        _mac.Dispose();
        base.Dispose();
    }

    private void Encrypt(Span<byte> bytes) => _aes.Transform(bytes, bytes);
}
