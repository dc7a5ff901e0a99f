using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using GostNet.Internal.Tls;
using GostNet.Protocols.Http;

namespace GostNet.Protocols.Sni;

/// <summary>The ClientHello as an SNI proxy and its client see it: whom it is for, and how GOST puts another name in its place
/// (proxies, section 3; RFC 6066, section 3).</summary>
internal static class SniCodec
{
    /// <summary>How long a ClientHello may be, the headers of its records included.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>How much longer rewriting makes it at most: another name, the hidden one, and one more record.</summary>
    public const int MaxGrowth = 1024;

    private const int MaxNameLength = 253;
    private const ushort ServerNameType = 0;
    private const ushort HiddenNameType = 0xFFFE; // GOST's own

    /// <summary>Takes a ClientHello out of its records.</summary>
    /// <param name="source">The bytes so far, from the first record on.</param>
    /// <param name="message">Space for as many.</param>
    /// <param name="length">With <see cref="OperationStatus.Done"/>, the length of the message.</param>
    /// <param name="consumed">With <see cref="OperationStatus.Done"/>, the length of its records. With
    /// <see cref="OperationStatus.NeedMoreData"/>, how many bytes there have to be before it is worth while to ask again.</param>
    public static OperationStatus ReadMessage(ReadOnlySpan<byte> source, Span<byte> message, out int length, out int consumed)
    {
        (length, consumed) = (0, 0);
        while (true)
        {
            ReadOnlySpan<byte> rest = source[consumed..];
            if (rest is [not TlsRecord.Handshake, ..] or [_, not 3, ..])
            {
                return OperationStatus.InvalidData;
            }

            if (rest.Length < TlsRecord.HeaderLength)
            {
                consumed += TlsRecord.HeaderLength;
                return consumed <= MaxLength ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
            }

            int recordEnd = TlsRecord.HeaderLength + TlsRecord.ReadHeader(rest).Length;
            if (recordEnd == TlsRecord.HeaderLength || consumed + recordEnd > MaxLength)
            {
                return OperationStatus.InvalidData;
            }

            bool isWhole = rest.Length >= recordEnd;
            ReadOnlySpan<byte> part = rest[TlsRecord.HeaderLength..(isWhole ? recordEnd : rest.Length)];
            part.CopyTo(message[length..]);
            length += part.Length;
            consumed += recordEnd;
            int total = length < ClientHello.MessageHeaderLength
                ? MaxLength
                : ClientHello.MessageHeaderLength + ClientHello.ReadUInt24(message[1..]);
            if ((length > 0 && message[0] != ClientHello.HandshakeType) || total > MaxLength || length > total)
            {
                return OperationStatus.InvalidData; // nothing may follow it within a record (RFC 8446, section 5.1)
            }

            if (!isWhole || length == total)
            {
                return isWhole ? OperationStatus.Done : OperationStatus.NeedMoreData;
            }
        }
    }

    /// <summary>Whether a text can be a server name.</summary>
    public static bool IsName(string text) =>
        text.Length <= MaxNameLength && text.Any(c => c != '.') && Ascii.IsValid(text) && HostEndPoint.IsValidHost(text)
        && !IPAddress.TryParse(text, out _);

    /// <summary>Finds out whom a ClientHello is for.</summary>
    /// <param name="message">The message.</param>
    /// <param name="name">The server name; <see langword="null"/> if there is none.</param>
    /// <param name="hidden">The name that GOST has hidden; <see langword="null"/> if there is none.</param>
    /// <returns><see langword="false"/> if it is not a ClientHello, or one that two readers could understand in two ways.</returns>
    public static bool TryReadNames(ReadOnlySpan<byte> message, out string? name, out string? hidden)
    {
        (name, hidden) = (null, null);
        if (!ClientHello.TryRead(message, out ClientHello hello))
        {
            return false;
        }

        Span<ulong> seen = stackalloc ulong[(ushort.MaxValue + 1) / 64];
        seen.Clear();
        ReadOnlySpan<byte> rest = message[hello.Extensions];
        while (!rest.IsEmpty)
        {
            if (!ClientHello.TryReadExtension(ref rest, out ushort type, out ReadOnlySpan<byte> data)
                || (seen[type / 64] & (1UL << (type % 64))) != 0)
            {
                return false;
            }

            seen[type / 64] |= 1UL << (type % 64);
            if (type == ServerNameType && (name = ReadServerName(data)) is null)
            {
                return false;
            }

            if (type == HiddenNameType
                && (!HiddenHost.TryDecode(data, out byte[]? decoded) || (hidden = ReadName(decoded)) is null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Writes a ClientHello with another server name, in as few records as can be.</summary>
    /// <param name="message">The message, in which <see cref="TryReadNames"/> has found a name of either kind.</param>
    /// <param name="version">The version of its first record.</param>
    /// <param name="name">The server name to write where there is one.</param>
    /// <param name="hidden">The name to hide; empty to take a hidden one out.</param>
    /// <param name="destination">Space for <see cref="MaxGrowth"/> more than the message.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Rewrite(
        ReadOnlySpan<byte> message, ushort version, ReadOnlySpan<byte> name, ReadOnlySpan<byte> hidden, Span<byte> destination)
    {
        // First as one record; where it is too long for that, the end moves up for the header of a second one.
        ClientHello.TryRead(message, out ClientHello hello);
        Span<byte> output = destination[TlsRecord.HeaderLength..];
        int position = hello.Extensions.Start.Value;
        message[..position].CopyTo(output);
        int extensions = position;
        ReadOnlySpan<byte> rest = message[hello.Extensions];
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> all = rest;
            ClientHello.TryReadExtension(ref rest, out ushort type, out _);
            if (type == ServerNameType)
            {
                position += WriteServerName(output[position..], name);
            }
            else if (type != HiddenNameType)
            {
                ReadOnlySpan<byte> extension = all[..^rest.Length];
                extension.CopyTo(output[position..]);
                position += extension.Length;
            }
        }

        if (!hidden.IsEmpty)
        {
            byte[] data = HiddenHost.Encode(hidden);
            BinaryPrimitives.WriteUInt16BigEndian(output[position..], HiddenNameType);
            BinaryPrimitives.WriteUInt16BigEndian(output[(position + 2)..], (ushort)data.Length);
            data.CopyTo(output[(position + 4)..]);
            position += 4 + data.Length;
        }

        BinaryPrimitives.WriteUInt16BigEndian(output[(extensions - 2)..], (ushort)(position - extensions));
        ClientHello.WriteUInt24(output[1..], position - ClientHello.MessageHeaderLength);
        int first = Math.Min(position, TlsRecord.MaxLength);
        TlsRecord.WriteHeader(destination, TlsRecord.Handshake, version, first);
        if (first == position)
        {
            return TlsRecord.HeaderLength + position;
        }

        Span<byte> second = destination[(TlsRecord.HeaderLength + first)..];
        second[..(position - first)].CopyTo(second[TlsRecord.HeaderLength..]);
        TlsRecord.WriteHeader(second, TlsRecord.Handshake, version, position - first);
        return (2 * TlsRecord.HeaderLength) + position;
    }

    /// <summary>Reads a list of exactly one host name.</summary>
    private static string? ReadServerName(ReadOnlySpan<byte> data)
    {
        if (data.Length < 5 || BinaryPrimitives.ReadUInt16BigEndian(data) != data.Length - 2 || data[2] != 0
            || BinaryPrimitives.ReadUInt16BigEndian(data[3..]) != data.Length - 5)
        {
            return null;
        }

        return ReadName(data[5..]);
    }

    /// <summary>Reads a name of ASCII letters, digits and the like; no address (RFC 6066, section 3).</summary>
    private static string? ReadName(ReadOnlySpan<byte> bytes)
    {
        string? name = bytes.Length <= MaxNameLength && Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : null;
        return name is not null && IsName(name) ? name : null;
    }

    private static int WriteServerName(Span<byte> destination, ReadOnlySpan<byte> name)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, ServerNameType);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(name.Length + 5));
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)(name.Length + 3));
        destination[6] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[7..], (ushort)name.Length);
        name.CopyTo(destination[9..]);
        return 9 + name.Length;
    }
}
