using System.Globalization;
using System.Text;

namespace GostNet.Protocols.Http;

/// <summary>The heads of HTTP/1.1 CONNECT (RFC 9110, section 9.3.6; proxies, section 2).</summary>
internal static class HttpConnectCodec
{
    private const int MaxStatusLineLength = 200;

    private static ReadOnlySpan<byte> Protocol => "HTTP/1."u8;

    /// <summary>Writes the head of a request, byte for byte as GOST does.</summary>
    /// <param name="authority">The target, in ASCII.</param>
    /// <param name="userAgent">The product; the line is left out if this is empty.</param>
    /// <param name="authorization">What the proxy is to know, such as <c>Basic dTpw</c>, or <see langword="null"/>.</param>
    public static byte[] WriteRequest(HostEndPoint authority, string userAgent, string? authorization)
    {
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if (userAgent.Length > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"User-Agent: {userAgent}\r\n");
        }

        if (authorization is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Proxy-Authorization: {authorization}\r\n");
        }

        head.Append("Proxy-Connection: keep-alive\r\n\r\n");
        return Encoding.ASCII.GetBytes(head.ToString());
    }

    /// <summary>Where the head ends and what follows it begins, or -1 if the head is not complete.</summary>
    /// <remarks>A line may end with LF alone (RFC 9112, section 2.2).</remarks>
    /// <param name="source">The bytes so far.</param>
    /// <param name="scanned">How many of them were looked through before; keeps the work linear however small the pieces.</param>
    public static int FindHeadEnd(ReadOnlySpan<byte> source, int scanned)
    {
        int position = Math.Max(0, scanned - 2); // an earlier LF may be the first half of the end
        while (true)
        {
            int lineFeed = source[position..].IndexOf((byte)'\n');
            if (lineFeed < 0)
            {
                return -1;
            }

            position += lineFeed + 1;
            switch (source[position..])
            {
                case [(byte)'\n', ..]:
                    return position + 1;
                case [(byte)'\r', (byte)'\n', ..]:
                    return position + 2;
            }
        }
    }

    /// <summary>Whether the bytes so far can be the beginning of a response.</summary>
    public static bool MayBeResponse(ReadOnlySpan<byte> source) =>
        source.StartsWith(Protocol[..Math.Min(source.Length, Protocol.Length)]);

    /// <summary>Reads a complete head. Header fields are not looked at: a 2xx answer to CONNECT has no content, whatever they say
    /// (RFC 9110, section 9.3.6).</summary>
    public static bool TryReadResponse(ReadOnlySpan<byte> head, out HttpConnectResponse response)
    {
        int lineEnd = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = (lineEnd < 0 ? head : head[..lineEnd]).TrimEnd((byte)'\r');
        bool isRead = TryReadStatusLine(line, out _, out int statusCode, out _);
        response = isRead ? new(statusCode, Printable(line)) : default;
        return isRead;
    }

    /// <summary>Reads HTTP/1.x SP 3DIGIT [SP reason] (RFC 9112, section 4), without the end of the line.</summary>
    public static bool TryReadStatusLine(ReadOnlySpan<byte> line, out int minorVersion, out int statusCode, out int reasonStart)
    {
        (minorVersion, statusCode, reasonStart) = (0, 0, 0);
        if (!line.StartsWith(Protocol)
            || line[Protocol.Length..] is not [var minor, (byte)' ', var hundreds, var tens, var ones, .. var reason]
            || !char.IsAsciiDigit((char)minor) || hundreds == (byte)'0'
            || !char.IsAsciiDigit((char)hundreds) || !char.IsAsciiDigit((char)tens) || !char.IsAsciiDigit((char)ones)
            || reason is [not (byte)' ', ..])
        {
            return false;
        }

        minorVersion = minor - '0';
        statusCode = ((hundreds - '0') * 100) + ((tens - '0') * 10) + (ones - '0');
        reasonStart = line.Length - reason.Length + (reason.IsEmpty ? 0 : 1);
        return true;
    }

    private static string Printable(ReadOnlySpan<byte> line) =>
        string.Create(Math.Min(line.Length, MaxStatusLineLength), line, static (text, line) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = line[i] is >= 0x20 and < 0x7F ? (char)line[i] : '?';
            }
        });
}
