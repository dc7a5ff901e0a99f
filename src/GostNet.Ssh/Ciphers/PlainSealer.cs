namespace GostNet.Ssh.Ciphers;

/// <summary>Leaves packets as they are: before the first NEWKEYS there is neither cipher nor MAC.</summary>
internal sealed class PlainSealer : PacketSealer
{
    public override int BlockSize => 8;

    public override bool PadsLength => true;

    public override int TagSize => 0;

    public override void Seal(uint sequenceNumber, Span<byte> packet)
    {
    }
}
