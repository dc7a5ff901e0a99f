using System.Buffers.Binary;

namespace GostNet.Ssh.Ciphers;

/// <summary>Seals with ChaCha20 and Poly1305: the length is encrypted under a key of its own (ssh, section 2.7).</summary>
internal sealed class ChaChaPolySealer(ReadOnlySpan<byte> key) : PacketSealer
{
    private readonly ChaChaPolyStream _stream = new(key);

    public override int BlockSize => ChaChaPolyStream.BlockSize;

    public override bool PadsLength => false;

    public override int TagSize => ChaChaPolyStream.TagSize;

    public override void Seal(uint sequenceNumber, Span<byte> packet)
    {
        _stream.Begin(sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet, _stream.Transform(BinaryPrimitives.ReadUInt32BigEndian(packet)));
        _stream.Transform(packet[sizeof(uint)..^TagSize]);
        _stream.ComputeTag(packet[..^TagSize], packet[^TagSize..]);
    }

    public override void Dispose()
    {
        _stream.Dispose();
        base.Dispose();
    }
}
