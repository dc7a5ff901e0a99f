using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace GostNet.Protocols.Socks;

/// <summary>The messages of SOCKS4 and SOCKS4a (socks, section 10).</summary>
/// <remarks>Readers follow <see cref="MessageReader{T}"/>; writers return the number of bytes written, of
/// <see cref="MaxMessageLength"/> at most.</remarks>
internal static class Socks4Codec
{
    /// <summary>The longest message, a SOCKS4a request.</summary>
    public const int MaxMessageLength = FixedLength + MaxUserIdLength + 1 + MaxNameLength + 1;

    /// <summary>The longest user id that is read (socks, section 15).</summary>
    public const int MaxUserIdLength = 511;

    /// <summary>The address in a request that has a name behind it: SOCKS4a's 0.0.0.x, x not 0.</summary>
    public static readonly IPAddress NameFollows = new([0, 0, 0, 1]);

    private const int MaxNameLength = 255;
    private const int FixedLength = 8;
    private const byte Version = 4;
    private const byte ReplyVersion = 0;

    /// <summary>Writes a request: VN | CD | DSTPORT | DSTIP | USERID | 0, and for SOCKS4a a name | 0.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="command">The command.</param>
    /// <param name="address">An IPv4 address; <see cref="NameFollows"/> if there is a name.</param>
    /// <param name="port">The port.</param>
    /// <param name="userId">A text without NUL, of <see cref="MaxUserIdLength"/> bytes at most.</param>
    /// <param name="name">A host in ASCII.</param>
    public static int WriteRequest(
        Span<byte> destination, Socks4Command command, IPAddress address, int port, string userId, string? name)
    {
        destination[0] = Version;
        destination[1] = (byte)command;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)port);
        bool fits = address.TryWriteBytes(destination[4..FixedLength], out _);
        Debug.Assert(fits, "The address is IPv4.");
        int end = FixedLength + Encoding.UTF8.GetBytes(userId, destination[FixedLength..]);
        destination[end++] = 0;
        if (name is not null)
        {
            end += Encoding.ASCII.GetBytes(name, destination[end..]);
            destination[end++] = 0;
        }

        return end;
    }

    public static OperationStatus ReadRequest(ReadOnlySpan<byte> source, out Socks4Request request, out int length)
    {
        request = default;
        length = FixedLength + 1;
        if (source is [not Version, ..])
        {
            return OperationStatus.InvalidData;
        }

        if (source.Length < length)
        {
            return OperationStatus.NeedMoreData;
        }

        OperationStatus status = ReadText(source, FixedLength, MaxUserIdLength, out string userId, out length);
        if (status != OperationStatus.Done)
        {
            return status;
        }

        ReadOnlySpan<byte> ip = source[4..FixedLength];
        string host;
        if (ip is [0, 0, 0, not 0])
        {
            status = ReadText(source, length, MaxNameLength, out host, out length);
            if (status != OperationStatus.Done)
            {
                return status;
            }
        }
        else
        {
            host = new IPAddress(ip).ToString();
        }

        HostEndPoint? address = HostEndPoint.IsValidHost(host) ? new(host, BinaryPrimitives.ReadUInt16BigEndian(source[2..])) : null;
        request = new((Socks4Command)source[1], address, userId);
        return OperationStatus.Done;
    }

    /// <summary>Writes a reply: VN | CD and six bytes that mean nothing here.</summary>
    public static int WriteReply(Span<byte> destination, Socks4ReplyCode code)
    {
        destination[..FixedLength].Clear();
        destination[1] = (byte)code;
        return FixedLength;
    }

    public static OperationStatus ReadReply(ReadOnlySpan<byte> source, out Socks4ReplyCode code, out int length)
    {
        length = FixedLength;
        code = source.Length >= 2 ? (Socks4ReplyCode)source[1] : default;
        return source is [not ReplyVersion, ..] ? OperationStatus.InvalidData
            : source.Length < FixedLength ? OperationStatus.NeedMoreData
            : OperationStatus.Done;
    }

    private static OperationStatus ReadText(ReadOnlySpan<byte> source, int start, int maxLength, out string text, out int end)
    {
        ReadOnlySpan<byte> rest = source[start..];
        int count = rest.IndexOf((byte)0);
        text = count >= 0 && count <= maxLength ? Encoding.UTF8.GetString(rest[..count]) : "";
        end = start + (count < 0 ? rest.Length : count) + 1;
        return count > maxLength || (count < 0 && rest.Length > maxLength) ? OperationStatus.InvalidData
            : count < 0 ? OperationStatus.NeedMoreData
            : OperationStatus.Done;
    }
}
