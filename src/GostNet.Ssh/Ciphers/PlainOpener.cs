using System.Buffers.Binary;

namespace GostNet.Ssh.Ciphers;

/// <summary>Takes packets as they are: before the first NEWKEYS there is neither cipher nor MAC.</summary>
internal sealed class PlainOpener : PacketOpener
{
    public override int BlockSize => 8;

    public override bool PadsLength => true;

    public override int TagSize => 0;

    public override int HeaderSize => sizeof(uint);

    public override uint ReadLength(uint sequenceNumber, Span<byte> header) => BinaryPrimitives.ReadUInt32BigEndian(header);

    public override bool TryOpen(uint sequenceNumber, Span<byte> packet) => true;
}
