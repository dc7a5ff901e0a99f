using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GostNet.Transports.WebSockets;

/// <summary>The frames of RFC 6455, section 5, as bytes. What a frame may be when is not its business.</summary>
internal static class WebSocketCodec
{
    /// <summary>The length of the longest header.</summary>
    public const int MaxHeaderLength = 14;

    /// <summary>The longest payload of a control frame.</summary>
    public const int MaxControlLength = 125;

    private const int Length16 = 126;
    private const int Length64 = 127;
    private const int MaskLength = 4;
    private const byte FinalBit = 0x80;
    private const byte MaskBit = 0x80;

    /// <summary>Reads a header.</summary>
    /// <param name="source">The bytes so far.</param>
    /// <param name="header">It, if it is complete.</param>
    /// <param name="needed">How many bytes it takes, as far as can be told from those that are there.</param>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out WebSocketHeader header, out int needed)
    {
        header = default;
        needed = 2;
        if (source.Length < needed)
        {
            return false;
        }

        int shortLength = source[1] & ~MaskBit;
        bool isMasked = (source[1] & MaskBit) != 0;
        int maskStart = shortLength switch { Length64 => 10, Length16 => 4, _ => 2 };
        needed = maskStart + (isMasked ? MaskLength : 0);
        if (source.Length < needed)
        {
            return false;
        }

        ulong length = shortLength switch
        {
            Length64 => BinaryPrimitives.ReadUInt64BigEndian(source[2..]),
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
            _ => (uint)shortLength,
        };
        header = new(
            (WebSocketOpcode)(source[0] & 0x0F),
            length,
            isMasked ? MemoryMarshal.Read<uint>(source[maskStart..]) : null,
            (source[0] & FinalBit) != 0,
            (byte)((source[0] >> 4) & 7));
        return true;
    }

    /// <summary>Writes a header, with its length in as few bytes as can be.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int WriteHeader(Span<byte> destination, in WebSocketHeader header)
    {
        destination[0] = (byte)((header.IsFinal ? FinalBit : 0) | (header.Reserved << 4) | (byte)header.Opcode);
        int position;
        switch (header.Length)
        {
            case < Length16:
                destination[1] = (byte)header.Length;
                position = 2;
                break;
            case <= ushort.MaxValue:
                destination[1] = Length16;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)header.Length);
                position = 4;
                break;
            default:
                destination[1] = Length64;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], header.Length);
                position = 10;
                break;
        }

        if (header.Mask is { } mask)
        {
            destination[1] |= MaskBit;
            MemoryMarshal.Write(destination[position..], mask);
            position += MaskLength;
        }

        return position;
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="destination">Where to, with room for <see cref="MaxHeaderLength"/> bytes more than the payload.</param>
    /// <param name="header">Its header, but for the length.</param>
    /// <param name="payload">Its payload, not masked yet. It may lie in the destination, where the header does not reach.</param>
    /// <returns>How many bytes it took.</returns>
    public static int WriteFrame(Span<byte> destination, in WebSocketHeader header, ReadOnlySpan<byte> payload)
    {
        int headerLength = WriteHeader(destination, header with { Length = (ulong)payload.Length });
        WebSocketMask.Apply(payload, destination.Slice(headerLength, payload.Length), header.Mask ?? 0, 0);
        return headerLength + payload.Length;
    }
}
