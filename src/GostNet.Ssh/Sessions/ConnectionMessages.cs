using System.Buffers.Binary;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <summary>The messages of channels that are sent by the thousand, written in place (RFC 4254, section 5).</summary>
internal static class ConnectionMessages
{
    /// <summary>The most bytes that precede the data of CHANNEL_DATA: number, channel, length.</summary>
    public const int MaxHeaderLength = 1 + (2 * sizeof(uint));

    /// <summary>Writes all of CHANNEL_DATA but the data.</summary>
    /// <returns>Where the data begins.</returns>
    public static int WriteDataHeader(Span<byte> destination, uint channel, int count) =>
        Write(destination, MessageNumber.ChannelData, channel, (uint)count);

    /// <summary>Writes a message of a channel and a number.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, byte number, uint channel, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], value);
        return Write(destination, number, channel) + sizeof(uint);
    }

    /// <summary>Writes a message that tells no more than its channel.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int Write(Span<byte> destination, byte number, uint channel)
    {
        destination[0] = number;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], channel);
        return 1 + sizeof(uint);
    }
}
