namespace GostNet.Ssh.Ciphers;

/// <summary>Encrypts and authenticates the packets of one direction under one key (ssh, section 2.4).</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal abstract class PacketSealer : IDisposable
{
    /// <summary>What the padded part has to be a multiple of, in bytes.</summary>
    public abstract int BlockSize { get; }

    /// <summary>Whether the length field is part of what is padded: without a cipher, and where all of the packet is encrypted as one.</summary>
    public abstract bool PadsLength { get; }

    /// <summary>How many bytes follow the packet: MAC or tag.</summary>
    public abstract int TagSize { get; }

    /// <summary>Encrypts a packet in place, and writes its tag behind it.</summary>
    /// <param name="sequenceNumber">The packet's number.</param>
    /// <param name="packet">The whole plain packet, length field first, padding included, and <see cref="TagSize"/> bytes of room.</param>
    public abstract void Seal(uint sequenceNumber, Span<byte> packet);

    public virtual void Dispose()
    {
    }
}
