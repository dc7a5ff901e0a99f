using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Text;
using GostNet.Internal;

namespace GostNet.Protocols.Socks;

/// <summary>An address as SOCKS5 writes it everywhere: ATYP | ADDR | PORT (RFC 1928, section 5).</summary>
internal static class Socks5Address
{
    /// <summary>The longest address: a name of 255 bytes.</summary>
    public const int MaxLength = 1 + 1 + byte.MaxValue + 2;

    private const byte IPv4 = 0x01;
    private const byte DomainName = 0x03;
    private const byte IPv6 = 0x04;

    /// <summary>Writes an address.</summary>
    /// <param name="destination">Has room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="address">The address.</param>
    /// <param name="asText">Whether an IP address goes as a name, too.</param>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ForwardException">The name has no ASCII form.</exception>
    public static int Write(Span<byte> destination, HostEndPoint address, bool asText = false)
    {
        int end;
        if (!asText && address.TryGetAddress(out IPAddress? literal))
        {
            end = WriteAddress(destination, literal);
        }
        else
        {
            int count = Encoding.ASCII.GetBytes(AsciiHost.Encode(address).Host, destination[2..]);
            destination[0] = DomainName;
            destination[1] = checked((byte)count);
            end = 2 + count;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination[end..], (ushort)address.Port);
        return end + 2;
    }

    /// <summary>Writes an IP address; one that is IPv4 in IPv6's clothes goes as IPv4.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, IPEndPoint address)
    {
        int end = WriteAddress(destination, address.Address.IsIPv4MappedToIPv6 ? address.Address.MapToIPv4() : address.Address);
        BinaryPrimitives.WriteUInt16BigEndian(destination[end..], (ushort)address.Port);
        return end + 2;
    }

    /// <summary>Reads an address, as a <see cref="MessageReader{T}"/> does. It is <see langword="null"/> if its host is not one.</summary>
    public static OperationStatus Read(ReadOnlySpan<byte> source, out HostEndPoint? address, out int length)
    {
        address = null;
        OperationStatus status = ReadLength(source, out length);
        if (status == OperationStatus.Done)
        {
            ReadOnlySpan<byte> host = source[(source[0] == DomainName ? 2 : 1)..(length - 2)];
            string text = source[0] == DomainName ? Encoding.UTF8.GetString(host) : new IPAddress(host).ToString();
            address = HostEndPoint.IsValidHost(text) ? new(text, BinaryPrimitives.ReadUInt16BigEndian(source[(length - 2)..])) : null;
        }

        return status;
    }

    /// <summary>Finds where an address ends, as a <see cref="MessageReader{T}"/> does, without making anything of it.</summary>
    public static OperationStatus ReadLength(ReadOnlySpan<byte> source, out int length)
    {
        length = source.IsEmpty ? 1 : 2; // the second byte may be the length of a name
        if (source is [not (IPv4 or DomainName or IPv6), ..])
        {
            return OperationStatus.InvalidData;
        }

        if (source.Length >= length)
        {
            length = source[0] switch { IPv4 => 7, IPv6 => 19, _ => 4 + source[1] };
        }

        return source.Length >= length ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    /// <summary>The bytes of the IP address in an address that is complete; none if it is a name. IPv4 in IPv6's clothes is IPv4.</summary>
    public static ReadOnlySpan<byte> GetIPAddress(ReadOnlySpan<byte> address) => address switch
    {
        [IPv4, ..] => address[1..5],
        [IPv6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, ..] => address[13..17],
        [IPv6, ..] => address[1..17],
        _ => [],
    };

    /// <summary>Writes the bytes of an IP address, and a port.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> address, int port)
    {
        destination[0] = address.Length == 4 ? IPv4 : IPv6;
        address.CopyTo(destination[1..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(1 + address.Length)..], (ushort)port);
        return 3 + address.Length;
    }

    private static int WriteAddress(Span<byte> destination, IPAddress address)
    {
        bool fits = address.TryWriteBytes(destination[1..], out int count);
        Debug.Assert(fits, "The destination has room for the longest address.");
        destination[0] = count == 4 ? IPv4 : IPv6;
        return 1 + count;
    }
}
