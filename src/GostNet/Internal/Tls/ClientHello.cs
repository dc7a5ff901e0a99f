using System.Buffers.Binary;

namespace GostNet.Internal.Tls;

/// <summary>The parts of a ClientHello (RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2), read strictly: every length is what its
/// container has.</summary>
/// <param name="SessionId">Where the session id is in the message.</param>
/// <param name="Extensions">Where the extensions are, without their length; empty at the end of a message that has none.</param>
internal readonly record struct ClientHello(Range SessionId, Range Extensions)
{
    public const byte HandshakeType = 1;

    /// <summary>The length of a handshake message's type and length.</summary>
    public const int MessageHeaderLength = 4;

    private const int RandomLength = 32;
    private const int MaxSessionIdLength = 32;

    /// <summary>Reads one whole handshake message.</summary>
    /// <returns><see langword="false"/> if it is not a ClientHello.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out ClientHello hello)
    {
        hello = default;
        if (message.Length < MessageHeaderLength || message[0] != HandshakeType
            || ReadUInt24(message[1..]) != message.Length - MessageHeaderLength)
        {
            return false;
        }

        int position = MessageHeaderLength;
        if (message[position..] is not [3, <= 4, ..] || message.Length - position <= 2 + RandomLength)
        {
            return false; // not SSL 3.0 to TLS 1.3
        }

        position += 2 + RandomLength;
        int sessionIdLength = message[position++];
        if (sessionIdLength > MaxSessionIdLength || message.Length - position < sessionIdLength)
        {
            return false;
        }

        Range sessionId = position..(position + sessionIdLength);
        position += sessionIdLength;
        if (!TrySkip(message, lengthBytes: 2, ref position) || !TrySkip(message, lengthBytes: 1, ref position))
        {
            return false; // the cipher suites, the compression methods
        }

        int start = message.Length;
        if (position < message.Length)
        {
            start = position + 2;
            if (!TrySkip(message, lengthBytes: 2, ref position) || position != message.Length)
            {
                return false;
            }
        }

        hello = new(sessionId, start..message.Length);
        return true;
    }

    /// <summary>Takes the next extension off the front of those that are left.</summary>
    /// <returns><see langword="false"/> if it runs past the end.</returns>
    public static bool TryReadExtension(ref ReadOnlySpan<byte> rest, out ushort type, out ReadOnlySpan<byte> data)
    {
        type = 0;
        data = default;
        if (rest.Length < 4)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(rest);
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (rest.Length - 4 < length)
        {
            return false;
        }

        data = rest.Slice(4, length);
        rest = rest[(4 + length)..];
        return true;
    }

    public static int ReadUInt24(ReadOnlySpan<byte> source) =>
        (source[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(source[1..]);

    public static void WriteUInt24(Span<byte> destination, int value)
    {
        destination[0] = (byte)(value >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
    }

    private static bool TrySkip(ReadOnlySpan<byte> message, int lengthBytes, ref int position)
    {
        if (message.Length - position < lengthBytes)
        {
            return false;
        }

        int length = lengthBytes == 1 ? message[position] : BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        position += lengthBytes + length;
        return position <= message.Length;
    }
}
