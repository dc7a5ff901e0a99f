using System.Globalization;
using System.Text;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>The heads of HTTP/1.1 CONNECT (RFC 9110, section 9.3.6; proxies, section 2).</summary>
internal static class HttpConnectCodec
{
    private const int MaxStatusLineLength = 200;

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

    /// <summary>Whether the bytes so far can be the beginning of a response.</summary>
    public static bool MayBeResponse(ReadOnlySpan<byte> source) =>
        source.StartsWith(HttpLines.Protocol[..Math.Min(source.Length, HttpLines.Protocol.Length)]);

    /// <summary>Reads a complete head. Header fields are not looked at: a 2xx answer to CONNECT has no content, whatever they say
    /// (RFC 9110, section 9.3.6).</summary>
    public static bool TryReadResponse(ReadOnlySpan<byte> head, out HttpConnectResponse response)
    {
        int lineEnd = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = (lineEnd < 0 ? head : head[..lineEnd]).TrimEnd((byte)'\r');
        bool isRead = HttpLines.TryReadStatusLine(line, out _, out int statusCode, out _);
        response = isRead ? new(statusCode, Printable(line)) : default;
        return isRead;
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
