using System.Buffers.Binary;

namespace GostNet.Internal.Tls;

/// <summary>The frame around everything in TLS (RFC 8446, section 5.1): a type, a version, a length.</summary>
internal static class TlsRecord
{
    public const byte ChangeCipherSpec = 20;
    public const byte Handshake = 22;
    public const byte ApplicationData = 23;
    public const int HeaderLength = 5;

    /// <summary>How much a record carries at most.</summary>
    public const int MaxLength = 16 * 1024;

    public const ushort Tls10 = 0x0301;
    public const ushort Tls12 = 0x0303;

    /// <summary>Writes the header of a record.</summary>
    public static void WriteHeader(Span<byte> destination, byte type, ushort version, int length)
    {
        destination[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[3..], (ushort)length);
    }

    /// <summary>Reads the header of a record.</summary>
    public static (byte Type, ushort Version, int Length) ReadHeader(ReadOnlySpan<byte> source) =>
        (source[0], BinaryPrimitives.ReadUInt16BigEndian(source[1..]), BinaryPrimitives.ReadUInt16BigEndian(source[3..]));
}
