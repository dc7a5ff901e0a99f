using System.Buffers.Binary;
using GostNet.Internal.Tls;

namespace GostNet.Transports.Obfuscation;

/// <summary>The greetings and records of <c>otls</c>, byte for byte as GOST 2.12 has them (transports, section 5.7).</summary>
internal static class TlsObfuscationCodec
{
    public const int RandomLength = 28;
    public const int SessionIdLength = 32;

    /// <summary>The server name that fits into every greeting.</summary>
    public const int MaxHostLength = 255;

    /// <summary>Room for the client's greeting without payload and host: record header and all.</summary>
    public const int ClientHelloOverhead = 217;

    /// <summary>How much payload goes with the client's greeting, so that it stays a record that TLS allows. GOST has up to 32 KiB
    /// there.</summary>
    public const int MaxClientHelloPayload = TlsRecord.MaxLength - ClientHelloOverhead - MaxHostLength;

    /// <summary>Room for the server's greeting without payload, header of the first reply included.</summary>
    public const int ServerHelloOverhead = TlsRecord.HeaderLength + 91 + TlsRecord.HeaderLength + 1 + TlsRecord.HeaderLength;

    private const ushort ServerNameType = 0;
    private const ushort SessionTicketType = 0x23;

    private static ReadOnlySpan<byte> SuitesAndCompression =>
    [
        0x00, 0x38,
        0xC0, 0x2C, 0xC0, 0x30, 0x00, 0x9F, 0xCC, 0xA9, 0xCC, 0xA8, 0xCC, 0xAA, 0xC0, 0x2B, 0xC0, 0x2F, 0x00, 0x9E, 0xC0, 0x24, 0xC0, 0x28,
        0x00, 0x6B, 0xC0, 0x23, 0xC0, 0x27, 0x00, 0x67, 0xC0, 0x0A, 0xC0, 0x14, 0x00, 0x39, 0xC0, 0x09, 0xC0, 0x13, 0x00, 0x33, 0x00, 0x9D,
        0x00, 0x9C, 0x00, 0x3D, 0x00, 0x3C, 0x00, 0x35, 0x00, 0x2F, 0x00, 0xFF,
        0x01, 0x00,
    ];

    /// <summary>The extensions behind the server name.</summary>
    private static ReadOnlySpan<byte> OtherExtensions =>
    [
        0x00, 0x0B, 0x00, 0x04, 0x03, 0x01, 0x00, 0x02, // point formats
        0x00, 0x0A, 0x00, 0x0A, 0x00, 0x08, 0x00, 0x1D, 0x00, 0x17, 0x00, 0x19, 0x00, 0x18, // groups
        0x00, 0x0D, 0x00, 0x20, 0x00, 0x1E, // signature algorithms
        0x06, 0x01, 0x06, 0x02, 0x06, 0x03, 0x05, 0x01, 0x05, 0x02, 0x05, 0x03, 0x04, 0x01, 0x04, 0x02, 0x04, 0x03,
        0x03, 0x01, 0x03, 0x02, 0x03, 0x03, 0x02, 0x01, 0x02, 0x02, 0x02, 0x03,
        0x00, 0x16, 0x00, 0x00, // encrypt then MAC
        0x00, 0x17, 0x00, 0x00, // extended master secret
    ];

    /// <summary>What follows the session id in the server's greeting: suite, compression and extensions.</summary>
    private static ReadOnlySpan<byte> ServerChoice =>
    [
        0xCC, 0xA8, 0x00, 0x00, 0x0F,
        0xFF, 0x01, 0x00, 0x01, 0x00,
        0x00, 0x17, 0x00, 0x00,
        0x00, 0x0B, 0x00, 0x02, 0x01, 0x00,
    ];

    /// <summary>Writes the client's greeting: one record, with payload as the session ticket.</summary>
    /// <returns>Its length.</returns>
    public static int WriteClientHello(
        Span<byte> destination,
        uint time,
        ReadOnlySpan<byte> random,
        ReadOnlySpan<byte> sessionId,
        ReadOnlySpan<byte> host,
        ReadOnlySpan<byte> payload)
    {
        int position = TlsRecord.HeaderLength + ClientHello.MessageHeaderLength;
        position = WriteRandom(destination, position, time, random);
        destination[position++] = (byte)sessionId.Length;
        Append(destination, ref position, sessionId);
        Append(destination, ref position, SuitesAndCompression);
        int extensions = position;
        position += 2;
        AppendUInt16(destination, ref position, SessionTicketType);
        AppendUInt16(destination, ref position, payload.Length);
        Append(destination, ref position, payload);
        AppendUInt16(destination, ref position, ServerNameType);
        AppendUInt16(destination, ref position, host.Length + 5);
        AppendUInt16(destination, ref position, host.Length + 3);
        destination[position++] = 0;
        AppendUInt16(destination, ref position, host.Length);
        Append(destination, ref position, host);
        Append(destination, ref position, OtherExtensions);
        BinaryPrimitives.WriteUInt16BigEndian(destination[extensions..], (ushort)(position - extensions - 2));
        WriteHandshakeHeaders(destination, ClientHello.HandshakeType, position);
        return position;
    }

    /// <summary>Writes the server's greeting: two records. A third with the first reply belongs behind it.</summary>
    /// <returns>Its length.</returns>
    public static int WriteServerHello(Span<byte> destination, uint time, ReadOnlySpan<byte> random, ReadOnlySpan<byte> sessionId)
    {
        int position = TlsRecord.HeaderLength + ClientHello.MessageHeaderLength;
        position = WriteRandom(destination, position, time, random);
        destination[position++] = (byte)sessionId.Length;
        Append(destination, ref position, sessionId);
        Append(destination, ref position, ServerChoice);
        WriteHandshakeHeaders(destination, type: 2, position);
        return position + WriteRecord(destination[position..], TlsRecord.ChangeCipherSpec, [1]);
    }

    /// <summary>Writes one record.</summary>
    /// <returns>Its length.</returns>
    public static int WriteRecord(Span<byte> destination, byte type, ReadOnlySpan<byte> payload)
    {
        TlsRecord.WriteHeader(destination, type, TlsRecord.Tls12, payload.Length);
        payload.CopyTo(destination[TlsRecord.HeaderLength..]);
        return TlsRecord.HeaderLength + payload.Length;
    }

    /// <summary>Reads the client's greeting, without the header of its record.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sessionId">Where the session id is.</param>
    /// <param name="payload">Where the payload is; empty if there is none.</param>
    public static bool TryReadClientHello(ReadOnlySpan<byte> message, out Range sessionId, out Range payload)
    {
        payload = default;
        bool isHello = ClientHello.TryRead(message, out ClientHello hello);
        sessionId = hello.SessionId;
        if (!isHello)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = message[hello.Extensions];
        while (!rest.IsEmpty)
        {
            if (!ClientHello.TryReadExtension(ref rest, out ushort type, out ReadOnlySpan<byte> data))
            {
                return false;
            }

            if (type == SessionTicketType)
            {
                int end = message.Length - rest.Length;
                payload = (end - data.Length)..end;
            }
        }

        return true;
    }

    private static int WriteRandom(Span<byte> destination, int position, uint time, ReadOnlySpan<byte> random)
    {
        AppendUInt16(destination, ref position, TlsRecord.Tls12);
        BinaryPrimitives.WriteUInt32BigEndian(destination[position..], time);
        position += sizeof(uint);
        Append(destination, ref position, random);
        return position;
    }

    private static void WriteHandshakeHeaders(Span<byte> destination, byte type, int end)
    {
        int length = end - TlsRecord.HeaderLength;
        TlsRecord.WriteHeader(destination, TlsRecord.Handshake, TlsRecord.Tls10, length);
        destination[TlsRecord.HeaderLength] = type;
        ClientHello.WriteUInt24(destination[(TlsRecord.HeaderLength + 1)..], length - ClientHello.MessageHeaderLength);
    }

    private static void Append(Span<byte> destination, ref int position, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination[position..]);
        position += bytes.Length;
    }

    private static void AppendUInt16(Span<byte> destination, ref int position, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination[position..], (ushort)value);
        position += sizeof(ushort);
    }
}
