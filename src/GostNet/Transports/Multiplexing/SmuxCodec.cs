using System.Buffers.Binary;

namespace GostNet.Transports.Multiplexing;

/// <summary>The frames of smux (smux, section 1). All integers are little-endian.</summary>
/// <remarks>
/// <code>
/// | version 1 | command 1 | length 2 | stream id 4 | payload |
/// payload of Update: | consumed 4 | window 4 |
/// </code>
/// </remarks>
internal static class SmuxCodec
{
    /// <summary>The length of a header, and of a frame without payload.</summary>
    public const int HeaderLength = 8;

    /// <summary>The length of the payload of <see cref="SmuxCommand.Update"/>.</summary>
    public const int UpdateLength = 8;

    /// <summary>The length of the longest frame that is not data.</summary>
    public const int MaxControlLength = HeaderLength + UpdateLength;

    /// <summary>Reads a header.</summary>
    /// <returns>Whether it was all there. Whether it makes sense is for <see cref="FindFault"/>.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out SmuxHeader header)
    {
        if (source.Length < HeaderLength)
        {
            header = default;
            return false;
        }

        header = new(
            source[0],
            (SmuxCommand)source[1],
            BinaryPrimitives.ReadUInt16LittleEndian(source[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[4..]));
        return true;
    }

    /// <summary>Reads the payload of <see cref="SmuxCommand.Update"/>.</summary>
    public static bool TryReadUpdate(ReadOnlySpan<byte> source, out uint consumed, out uint window)
    {
        if (source.Length < UpdateLength)
        {
            consumed = window = 0;
            return false;
        }

        consumed = BinaryPrimitives.ReadUInt32LittleEndian(source);
        window = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        return true;
    }

    /// <summary>Says what makes a header impossible in a session of a version (smux, section 11).</summary>
    /// <returns>The fault, or <see langword="null"/> if there is none.</returns>
    public static string? FindFault(SmuxHeader header, int version) => header switch
    {
        _ when header.Version != version => $"its version is {header.Version}, and this session's is {version}",
        { Command: > SmuxCommand.Update } => $"there is no command {(byte)header.Command}",
        { Command: SmuxCommand.Update } when version == 1 => "there is no command 4 in version 1",
        { Command: SmuxCommand.Update, Length: not UpdateLength } => $"a window update has 8 bytes, not {header.Length}",
        { Command: SmuxCommand.Syn or SmuxCommand.Fin or SmuxCommand.Nop, Length: not 0 } =>
            $"command {(byte)header.Command} carries no data, and here are {header.Length} bytes",
        _ => null,
    };

    /// <summary>Writes a header.</summary>
    /// <returns><see cref="HeaderLength"/>.</returns>
    public static int WriteHeader(Span<byte> destination, SmuxHeader header)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], header.StreamId);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], header.Length);
        destination[1] = (byte)header.Command;
        destination[0] = header.Version;
        return HeaderLength;
    }

    /// <summary>Writes a whole window update.</summary>
    /// <returns><see cref="MaxControlLength"/>.</returns>
    public static int WriteUpdate(Span<byte> destination, byte version, uint streamId, uint consumed, uint window)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], window);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], consumed);
        WriteHeader(destination, new(version, SmuxCommand.Update, UpdateLength, streamId));
        return MaxControlLength;
    }
}
