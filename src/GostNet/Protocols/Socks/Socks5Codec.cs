using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace GostNet.Protocols.Socks;

/// <summary>The messages of SOCKS5 (RFC 1928) and of its login by user name and password (RFC 1929).</summary>
/// <remarks>Readers follow <see cref="MessageReader{T}"/>; writers return the number of bytes written, of
/// <see cref="MaxMessageLength"/> at most.</remarks>
internal static class Socks5Codec
{
    /// <summary>VER, the first byte of every message but the login's.</summary>
    public const byte Version = 0x05;

    /// <summary>The longest message, a login with two strings of 255 bytes.</summary>
    public const int MaxMessageLength = 3 + (2 * MaxStringLength);

    /// <summary>The longest user name, password or host name: its length is one byte.</summary>
    public const int MaxStringLength = byte.MaxValue;

    private const byte LoginVersion = 0x01;
    private const byte LoginSucceeded = 0x00;
    private const byte LoginFailed = 0x01;
    private static readonly HostEndPoint Unspecified = new("0.0.0.0", 0);

    // VER | NMETHODS | METHODS (RFC 1928, section 3)
    public static int WriteGreeting(Span<byte> destination, ReadOnlySpan<Socks5Method> methods)
    {
        destination[0] = Version;
        destination[1] = checked((byte)methods.Length);
        MemoryMarshal.AsBytes(methods).CopyTo(destination[2..]);
        return 2 + methods.Length;
    }

    public static OperationStatus ReadGreeting(ReadOnlySpan<byte> source, out Socks5Method[] methods, out int length)
    {
        methods = [];
        length = 2;
        if (source is [not Version, ..] or [_, 0, ..])
        {
            return OperationStatus.InvalidData;
        }

        if (source.Length >= 2)
        {
            length += source[1];
        }

        if (source.Length < length)
        {
            return OperationStatus.NeedMoreData;
        }

        methods = MemoryMarshal.Cast<byte, Socks5Method>(source[2..length]).ToArray();
        return OperationStatus.Done;
    }

    // VER | METHOD (RFC 1928, section 3)
    public static int WriteMethod(Span<byte> destination, Socks5Method method) => WritePair(destination, Version, (byte)method);

    public static OperationStatus ReadMethod(ReadOnlySpan<byte> source, out Socks5Method method, out int length)
    {
        OperationStatus status = ReadPair(source, Version, out byte value, out length);
        method = (Socks5Method)value;
        return status;
    }

    /// <summary>Whether a user name or a password is short enough for a login.</summary>
    public static bool Fits(string text) => Encoding.UTF8.GetByteCount(text) <= MaxStringLength;

    /// <summary>Whether a login fits into its message.</summary>
    public static bool CanCarry(NetworkCredential? credential) => credential is null || (Fits(credential.UserName) && Fits(credential.Password));

    // VER | ULEN | UNAME | PLEN | PASSWD (RFC 1929, section 2). GOST sends empty strings too (socks, section 4).
    public static int WriteLogin(Span<byte> destination, NetworkCredential credential)
    {
        destination[0] = LoginVersion;
        int position = 1;
        foreach (string text in (ReadOnlySpan<string>)[credential.UserName, credential.Password])
        {
            int count = Encoding.UTF8.GetBytes(text, destination[(position + 1)..]);
            destination[position] = checked((byte)count);
            position += 1 + count;
        }

        return position;
    }

    public static OperationStatus ReadLogin(ReadOnlySpan<byte> source, out NetworkCredential? credential, out int length)
    {
        credential = null;
        length = 2;
        if (source is [not LoginVersion, ..])
        {
            return OperationStatus.InvalidData;
        }

        int userEnd = 0;
        if (source.Length >= 2)
        {
            userEnd = 2 + source[1];
            length = userEnd + 1;
            if (source.Length >= length)
            {
                length += source[userEnd];
            }
        }

        if (source.Length < length)
        {
            return OperationStatus.NeedMoreData;
        }

        credential = new(Encoding.UTF8.GetString(source[2..userEnd]), Encoding.UTF8.GetString(source[(userEnd + 1)..length]));
        return OperationStatus.Done;
    }

    // VER | STATUS (RFC 1929, section 2)
    public static int WriteLoginStatus(Span<byte> destination, bool succeeded) =>
        WritePair(destination, LoginVersion, succeeded ? LoginSucceeded : LoginFailed);

    /// <summary>Reads the answer to a login. Any status but 0 is a failure.</summary>
    public static OperationStatus ReadLoginStatus(ReadOnlySpan<byte> source, out byte loginStatus, out int length) =>
        ReadPair(source, LoginVersion, out loginStatus, out length);

    /// <summary>Writes a request: VER | CMD | RSV | ATYP | DST.ADDR | DST.PORT (RFC 1928, section 4).</summary>
    /// <remarks>CONNECT carries the host as text, an address too, as GOST sends it and every server tried takes it (socks, section
    /// 5.1). The other commands carry an address as such: there IPv6 must arrive as IPv6 (socks, section 14, 14).</remarks>
    /// <exception cref="ForwardException">The name has no ASCII form.</exception>
    /// <param name="destination">Where to.</param>
    /// <param name="command">What is asked for.</param>
    /// <param name="address">The address.</param>
    /// <param name="share">RSV, which everybody ignores; between GostNet's two ends the number of those who share a port (see
    /// <see cref="Socks5SharedPorts"/>), or 0.</param>
    public static int WriteRequest(Span<byte> destination, Socks5Command command, HostEndPoint address, byte share = 0)
    {
        int length = WriteAddressed(destination, (byte)command, address, asText: command == Socks5Command.Connect);
        destination[2] = share;
        return length;
    }

    public static OperationStatus ReadRequest(ReadOnlySpan<byte> source, out Socks5Request request, out int length)
    {
        OperationStatus status = ReadAddressed(source, out HostEndPoint? address, out length);
        request = status == OperationStatus.Done ? new((Socks5Command)source[1], address, source[2]) : default;
        return status;
    }

    /// <summary>Writes a reply: VER | REP | RSV | ATYP | BND.ADDR | BND.PORT (RFC 1928, section 6).</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="code">The result.</param>
    /// <param name="bound">The address on the server's side. If there is none, 0.0.0.0:0 is written (socks, section 5).</param>
    public static int WriteReply(Span<byte> destination, Socks5ReplyCode code, HostEndPoint? bound = null) =>
        WriteAddressed(destination, (byte)code, bound ?? Unspecified, asText: false);

    /// <summary>Reads a reply.</summary>
    /// <remarks>A refusal ends with its fourth byte for this reader. The address behind it means nothing, and a server that fills it
    /// with rubbish, or leaves it out, still says why it refuses.</remarks>
    public static OperationStatus ReadReply(ReadOnlySpan<byte> source, out Socks5Reply reply, out int length)
    {
        if (source is [Version, not (byte)Socks5ReplyCode.Succeeded, _, _, ..])
        {
            reply = new((Socks5ReplyCode)source[1], null);
            length = 4;
            return OperationStatus.Done;
        }

        OperationStatus status = ReadAddressed(source, out HostEndPoint? bound, out length);
        reply = status == OperationStatus.Done ? new(Socks5ReplyCode.Succeeded, bound) : default;
        return status;
    }

    private static int WritePair(Span<byte> destination, byte version, byte value)
    {
        destination[0] = version;
        destination[1] = value;
        return 2;
    }

    private static OperationStatus ReadPair(ReadOnlySpan<byte> source, byte version, out byte value, out int length)
    {
        length = 2;
        value = source.Length >= 2 ? source[1] : default;
        return !source.IsEmpty && source[0] != version ? OperationStatus.InvalidData
            : source.Length < 2 ? OperationStatus.NeedMoreData
            : OperationStatus.Done;
    }

    private static int WriteAddressed(Span<byte> destination, byte code, HostEndPoint address, bool asText)
    {
        destination[0] = Version;
        destination[1] = code;
        destination[2] = 0;
        return 3 + Socks5Address.Write(destination[3..], address, asText);
    }

    private static OperationStatus ReadAddressed(ReadOnlySpan<byte> source, out HostEndPoint? address, out int length)
    {
        const int HeaderLength = 3;
        address = null;
        length = 1;
        if (source is [not Version, ..])
        {
            return OperationStatus.InvalidData;
        }

        OperationStatus status = Socks5Address.Read(
            source.Length <= HeaderLength ? [] : source[HeaderLength..], out address, out int addressLength);
        length = HeaderLength + addressLength;
        return status;
    }
}
