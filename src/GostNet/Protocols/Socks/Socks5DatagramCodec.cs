using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace GostNet.Protocols.Socks;

/// <summary>The header in front of each datagram: RSV | FRAG | ATYP | ADDR | PORT (RFC 1928, section 7). In GOST's UDP tunnel RSV is the
/// length of the datagram behind the header (socks, section 8.2).</summary>
internal static class Socks5DatagramCodec
{
    /// <summary>The longest header.</summary>
    public const int MaxHeaderLength = PrefixLength + Socks5Address.MaxLength;

    /// <summary>The largest datagram that UDP has a length for.</summary>
    public const int MaxDatagramSize = ushort.MaxValue;

    /// <summary>The largest datagram that IPv4 carries, and the largest that is passed on.</summary>
    public const int MaxPayload = 65_507;

    /// <summary>RSV and FRAG, in front of the address.</summary>
    public const int PrefixLength = 3;

    /// <summary>Writes a header.</summary>
    /// <param name="destination">Has room for <see cref="MaxHeaderLength"/> bytes.</param>
    /// <param name="reserved">RSV: 0 in a datagram, the length of what follows in a tunnel.</param>
    /// <param name="address">The destination on the way to the server, the source on the way back.</param>
    /// <returns>The number of bytes written.</returns>
    public static int WriteHeader(Span<byte> destination, int reserved, IPEndPoint address)
    {
        WritePrefix(destination, reserved);
        return PrefixLength + Socks5Address.Write(destination[PrefixLength..], address);
    }

    /// <summary>Writes a header, with the host as a name if it is one.</summary>
    /// <exception cref="ForwardException">The name has no ASCII form.</exception>
    public static int WriteHeader(Span<byte> destination, int reserved, HostEndPoint address)
    {
        WritePrefix(destination, reserved);
        return PrefixLength + Socks5Address.Write(destination[PrefixLength..], address);
    }

    /// <summary>Reads a header, as a <see cref="MessageReader{T}"/> does.</summary>
    public static OperationStatus ReadHeader(ReadOnlySpan<byte> source, out Socks5DatagramHeader header, out int length)
    {
        header = default;
        OperationStatus status = Socks5Address.Read(AddressOf(source), out HostEndPoint? address, out int addressLength);
        length = PrefixLength + addressLength;
        if (status == OperationStatus.Done)
        {
            header = new(BinaryPrimitives.ReadUInt16BigEndian(source), source[2], address);
        }

        return status;
    }

    /// <summary>Finds where the parts of a tunnel's frame are, as a <see cref="MessageReader{T}"/> does for the whole frame, without
    /// making anything of the address. FRAG means nothing here (socks, section 8.2).</summary>
    /// <param name="source">The bytes so far.</param>
    /// <param name="addressLength">The length of the address, which begins at <see cref="PrefixLength"/>.</param>
    /// <param name="length">The length of the frame, whose end the datagram is.</param>
    public static OperationStatus ReadFrame(ReadOnlySpan<byte> source, out int addressLength, out int length)
    {
        OperationStatus status = Socks5Address.ReadLength(AddressOf(source), out addressLength);
        length = PrefixLength + addressLength;
        if (status == OperationStatus.Done)
        {
            length += BinaryPrimitives.ReadUInt16BigEndian(source);
        }

        return status == OperationStatus.Done && source.Length < length ? OperationStatus.NeedMoreData : status;
    }

    /// <summary>Finds where a header ends, as a <see cref="MessageReader{T}"/> does, without making anything of it.</summary>
    public static OperationStatus ReadHeaderLength(ReadOnlySpan<byte> source, out int length)
    {
        OperationStatus status = Socks5Address.ReadLength(AddressOf(source), out int addressLength);
        length = PrefixLength + addressLength;
        return status;
    }

    private static ReadOnlySpan<byte> AddressOf(ReadOnlySpan<byte> source) =>
        source.Length <= PrefixLength ? [] : source[PrefixLength..];

    /// <summary>Writes what is in front of the address.</summary>
    public static void WritePrefix(Span<byte> destination, int reserved)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)reserved));
        destination[2] = 0;
    }
}
