using System.Buffers.Binary;
using System.Collections.Immutable;

namespace GostNet.Transports.Http2;

/// <summary>Reads and writes frames (RFC 9113, sections 4 and 6).</summary>
/// <remarks>
/// <code>
/// | length 3 | type 1 | flags 1 | stream 4 | payload |
/// </code>
/// </remarks>
internal static class Http2Codec
{
    /// <summary>The length of a header.</summary>
    public const int HeaderLength = 9;

    /// <summary>The length of one setting.</summary>
    public const int SettingLength = 6;

    /// <summary>The length of the payload of PING.</summary>
    public const int PingLength = 8;

    /// <summary>The length of the payload of WINDOW_UPDATE and RST_STREAM.</summary>
    public const int WordLength = 4;

    /// <summary>The length of the payload of GOAWAY, without words for people.</summary>
    public const int GoAwayLength = 8;

    /// <summary>The length of a priority.</summary>
    public const int PriorityLength = 5;

    /// <summary>The longest payload that everybody has to take, and the longest that is sent to one who has not said more.</summary>
    public const int MinMaxFrameSize = 16 * 1024;

    /// <summary>The longest payload there is.</summary>
    public const int MaxMaxFrameSize = (1 << 24) - 1;

    /// <summary>The window of a stream and of the session, before anybody has said anything.</summary>
    public const int DefaultWindow = 65_535;

    /// <summary>The largest window.</summary>
    public const int MaxWindow = int.MaxValue;

    /// <summary>Of SETTINGS and PING: it is an answer.</summary>
    public const Http2FrameFlags Ack = Http2FrameFlags.EndStream;

    private const uint StreamIdMask = 0x7FFF_FFFF;

    /// <summary>What a client sends before its first frame (RFC 9113, section 3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Reads a header. The reserved bit is ignored.</summary>
    /// <returns>Whether it was all there. Whether it makes sense is for <see cref="FindFault"/>.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> source, out Http2FrameHeader header)
    {
        if (source.Length < HeaderLength)
        {
            header = default;
            return false;
        }

        header = new(
            (int)(BinaryPrimitives.ReadUInt32BigEndian(source) >> 8),
            (Http2FrameType)source[3],
            (Http2FrameFlags)source[4],
            BinaryPrimitives.ReadUInt32BigEndian(source[5..]) & StreamIdMask);
        return true;
    }

    /// <summary>Says what makes a header impossible, whatever the session's state.</summary>
    /// <param name="header">The header.</param>
    /// <param name="maxFrameSize">The longest payload that was allowed.</param>
    /// <param name="code">What to call it.</param>
    /// <returns>The fault, or <see langword="null"/> if there is none.</returns>
    public static string? FindFault(Http2FrameHeader header, int maxFrameSize, out Http2ErrorCode code)
    {
        code = Http2ErrorCode.FrameSizeError;
        if (header.Length > maxFrameSize)
        {
            return $"it has {header.Length} bytes, and {maxFrameSize} are allowed";
        }

        bool isSizeWrong = header.Type switch
        {
            Http2FrameType.Priority => header.Length != PriorityLength,
            Http2FrameType.ResetStream or Http2FrameType.WindowUpdate => header.Length != WordLength,
            Http2FrameType.Ping => header.Length != PingLength,
            Http2FrameType.GoAway => header.Length < GoAwayLength,
            Http2FrameType.Settings => header.Has(Ack) ? header.Length != 0 : header.Length % SettingLength != 0,
            Http2FrameType.Data => header.Has(Http2FrameFlags.Padded) && header.Length == 0,
            Http2FrameType.Headers => header.Length < HeadersPrefixLength(header),
            _ => false,
        };
        if (isSizeWrong)
        {
            return $"a frame {header.Type} does not have {header.Length} bytes";
        }

        code = Http2ErrorCode.ProtocolError;
        bool isStreamWrong = header.Type switch
        {
            Http2FrameType.Data or Http2FrameType.Headers or Http2FrameType.Priority or Http2FrameType.ResetStream
                or Http2FrameType.Continuation or Http2FrameType.PushPromise => header.StreamId == 0,
            Http2FrameType.Settings or Http2FrameType.Ping or Http2FrameType.GoAway => header.StreamId != 0,
            _ => false,
        };
        return isStreamWrong ? $"a frame {header.Type} does not belong to stream {header.StreamId}" : null;
    }

    /// <summary>Finds the block of fields in the payload of HEADERS, between priority and padding.</summary>
    /// <returns>Whether there is one: padding can be longer than the frame.</returns>
    public static bool TryReadHeaders(Http2FrameHeader header, ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> block)
    {
        int start = HeadersPrefixLength(header);
        int padding = header.Has(Http2FrameFlags.Padded) && !payload.IsEmpty ? payload[0] : 0;
        if (payload.Length < start + padding)
        {
            block = default;
            return false;
        }

        block = payload[start..^padding];
        return true;
    }

    /// <summary>Reads one setting.</summary>
    public static (Http2SettingId Id, uint Value) ReadSetting(ReadOnlySpan<byte> source) =>
        ((Http2SettingId)BinaryPrimitives.ReadUInt16BigEndian(source), BinaryPrimitives.ReadUInt32BigEndian(source[2..]));

    /// <summary>Reads the payload of WINDOW_UPDATE.</summary>
    public static int ReadIncrement(ReadOnlySpan<byte> payload) => (int)(BinaryPrimitives.ReadUInt32BigEndian(payload) & StreamIdMask);

    /// <summary>Reads the payload of RST_STREAM.</summary>
    public static Http2ErrorCode ReadErrorCode(ReadOnlySpan<byte> payload) =>
        (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload);

    /// <summary>Reads the payload of GOAWAY, without the words for people.</summary>
    public static (uint LastStreamId, Http2ErrorCode Code) ReadGoAway(ReadOnlySpan<byte> payload) =>
        (BinaryPrimitives.ReadUInt32BigEndian(payload) & StreamIdMask, ReadErrorCode(payload[4..]));

    /// <summary>Writes a header.</summary>
    /// <returns><see cref="HeaderLength"/>.</returns>
    public static int WriteHeader(Span<byte> destination, Http2FrameHeader header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], header.StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination, ((uint)header.Length << 8) | (uint)header.Type);
        destination[4] = (byte)header.Flags;
        return HeaderLength;
    }

    /// <summary>Writes SETTINGS.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public static int WriteSettings(Span<byte> destination, ImmutableArray<(Http2SettingId Id, uint Value)> settings)
    {
        int position = WriteHeader(
            destination, new(settings.Length * SettingLength, Http2FrameType.Settings, Http2FrameFlags.None, StreamId: 0));
        foreach ((Http2SettingId id, uint value) in settings)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[position..], (ushort)id);
            BinaryPrimitives.WriteUInt32BigEndian(destination[(position + 2)..], value);
            position += SettingLength;
        }

        return position;
    }

    /// <summary>Writes the answer to SETTINGS.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public static int WriteSettingsAck(Span<byte> destination) =>
        WriteHeader(destination, new(0, Http2FrameType.Settings, Ack, StreamId: 0));

    /// <summary>Writes PING or the answer to it.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public static int WritePing(Span<byte> destination, Http2FrameFlags flags, ulong data)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[HeaderLength..], data);
        return WriteHeader(destination, new(PingLength, Http2FrameType.Ping, flags, StreamId: 0)) + PingLength;
    }

    /// <summary>Writes WINDOW_UPDATE.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public static int WriteWindowUpdate(Span<byte> destination, uint streamId, int increment) =>
        WriteWord(destination, Http2FrameType.WindowUpdate, streamId, (uint)increment);

    /// <summary>Writes RST_STREAM.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public static int WriteReset(Span<byte> destination, uint streamId, Http2ErrorCode code) =>
        WriteWord(destination, Http2FrameType.ResetStream, streamId, (uint)code);

    /// <summary>Writes GOAWAY.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public static int WriteGoAway(Span<byte> destination, uint lastStreamId, Http2ErrorCode code)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[HeaderLength..], lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[(HeaderLength + 4)..], (uint)code);
        return WriteHeader(destination, new(GoAwayLength, Http2FrameType.GoAway, Http2FrameFlags.None, StreamId: 0)) + GoAwayLength;
    }

    private static int WriteWord(Span<byte> destination, Http2FrameType type, uint streamId, uint word)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[HeaderLength..], word);
        return WriteHeader(destination, new(WordLength, type, Http2FrameFlags.None, streamId)) + WordLength;
    }

    private static int HeadersPrefixLength(Http2FrameHeader header) =>
        (header.Has(Http2FrameFlags.Padded) ? 1 : 0) + (header.Has(Http2FrameFlags.Priority) ? PriorityLength : 0);
}
