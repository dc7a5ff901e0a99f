using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GostNet.Ssh.Ciphers;

/// <summary>The MAC over a packet's number and the packet (RFC 4253, section 6.4; RFC 6668).</summary>
internal sealed class PacketMac(MacAlgorithm algorithm, ReadOnlySpan<byte> key) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(
        algorithm.TagSize switch
        {
            64 => HashAlgorithmName.SHA512,
            32 => HashAlgorithmName.SHA256,
            _ => HashAlgorithmName.SHA1,
        },
        key);

    /// <summary>Bytes of MAC.</summary>
    public int Size => algorithm.TagSize;

    /// <summary>Writes the MAC of a packet behind it.</summary>
    /// <param name="sequenceNumber">The packet's number.</param>
    /// <param name="packet">The packet, and room for its MAC.</param>
    public void Write(uint sequenceNumber, Span<byte> packet) => Compute(sequenceNumber, packet[..^Size], packet[^Size..]);

    /// <summary>Whether what stands behind a packet is its MAC.</summary>
    public bool Matches(uint sequenceNumber, ReadOnlySpan<byte> packet)
    {
        Span<byte> expected = stackalloc byte[Size];
        Compute(sequenceNumber, packet[..^Size], expected);
        return CryptographicOperations.FixedTimeEquals(expected, packet[^Size..]);
    }

    public void Dispose() => _hash.Dispose();

    private void Compute(uint sequenceNumber, ReadOnlySpan<byte> packet, Span<byte> mac)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, sequenceNumber);
        _hash.AppendData(number);
        _hash.AppendData(packet);
        _hash.GetHashAndReset(mac);
    }
}
