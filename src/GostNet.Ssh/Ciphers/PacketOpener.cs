namespace GostNet.Ssh.Ciphers;

/// <summary>Checks and decrypts the packets of one direction under one key (ssh, section 2.4).</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal abstract class PacketOpener : IDisposable
{
    /// <inheritdoc cref="PacketSealer.BlockSize"/>
    public abstract int BlockSize { get; }

    /// <inheritdoc cref="PacketSealer.PadsLength"/>
    public abstract bool PadsLength { get; }

    /// <inheritdoc cref="PacketSealer.TagSize"/>
    public abstract int TagSize { get; }

    /// <summary>How many of a packet's first bytes have to be there to learn its length: 4, or a block.</summary>
    public abstract int HeaderSize { get; }

    /// <summary>Reads the length of a packet. To be called once for each; the header may be decrypted in place by it.</summary>
    /// <param name="sequenceNumber">The packet's number.</param>
    /// <param name="header">The first <see cref="HeaderSize"/> bytes.</param>
    /// <returns>packet_length as it is written there; it is not authenticated yet, and not checked.</returns>
    public abstract uint ReadLength(uint sequenceNumber, Span<byte> header);

    /// <summary>Checks a packet's tag and decrypts it in place, behind <see cref="ReadLength"/>.</summary>
    /// <param name="sequenceNumber">The packet's number.</param>
    /// <param name="packet">The whole packet, length field first, and its tag.</param>
    /// <returns>Whether the packet is what the peer sent. Afterwards all but its tag is plain, the length field perhaps not.</returns>
    public abstract bool TryOpen(uint sequenceNumber, Span<byte> packet);

    public virtual void Dispose()
    {
    }
}
