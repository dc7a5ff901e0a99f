using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Ssh.Ciphers;

/// <summary>Opens what <see cref="ChaChaPolySealer"/> sealed.</summary>
internal sealed class ChaChaPolyOpener(ReadOnlySpan<byte> key) : PacketOpener
{
    private readonly ChaChaPolyStream _stream = new(key);

    public override int BlockSize => ChaChaPolyStream.BlockSize;

    public override bool PadsLength => false;

    public override int TagSize => ChaChaPolyStream.TagSize;

    public override int HeaderSize => sizeof(uint);

    public override uint ReadLength(uint sequenceNumber, Span<byte> header)
    {
        _stream.Begin(sequenceNumber);
        return _stream.Transform(BinaryPrimitives.ReadUInt32BigEndian(header));
    }

    public override bool TryOpen(uint sequenceNumber, Span<byte> packet)
    {
        if (packet.Length < HeaderSize + TagSize)
        {
            return false;
        }

        Span<byte> tag = stackalloc byte[ChaChaPolyStream.TagSize];
        _stream.ComputeTag(packet[..^TagSize], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet[^TagSize..]))
        {
            return false;
        }

        _stream.Transform(packet[HeaderSize..^TagSize]);
        return true;
    }

    public override void Dispose()
    {
        _stream.Dispose();
        base.Dispose();
    }
}
