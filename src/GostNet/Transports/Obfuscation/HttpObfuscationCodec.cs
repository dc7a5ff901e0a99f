using System.Globalization;
using System.Text;
using GostNet.Internal.Http;

namespace GostNet.Transports.Obfuscation;

/// <summary>The two heads of <c>ohttp</c>, byte for byte as GOST 2.8.1 has them (transports, section 5.7).</summary>
internal static class HttpObfuscationCodec
{
    /// <summary>GOST 2.8.1's user agent.</summary>
    public const string DefaultUserAgent = "Chrome/60.0.3112.90";

    /// <summary>How long a head may be (transports, section 10).</summary>
    public const int MaxHeadLength = 16 * 1024;

    /// <summary>The length of the random bytes behind the key.</summary>
    public const int NonceLength = 16;

    /// <summary>What GOST answers to a request that is not one of its own.</summary>
    public static ReadOnlyMemory<byte> Refusal { get; } =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    /// <summary>The answer to what is not HTTP.</summary>
    public static ReadOnlyMemory<byte> BadRequest { get; } = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    /// <summary>The request.</summary>
    /// <param name="host">The Host field.</param>
    /// <param name="userAgent">The User-Agent field.</param>
    /// <param name="nonce">16 random bytes.</param>
    public static byte[] CreateRequest(string host, string userAgent, ReadOnlySpan<byte> nonce) => Encoding.ASCII.GetBytes(
        $"GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {userAgent}\r\nConnection: Upgrade\r\n"
        + $"Sec-Websocket-Key: {Convert.ToBase64String(nonce)}\r\nUpgrade: websocket\r\n\r\n");

    /// <summary>The response. GOST mislabels its Date as UTC, which nobody else does.</summary>
    /// <param name="key">The request's key; empty if it has none.</param>
    /// <param name="now">The time.</param>
    public static byte[] CreateResponse(ReadOnlySpan<byte> key, DateTimeOffset now) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 101 Switching Protocols\r\nServer: nginx/1.10.0\r\nDate: {now:r}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Accept: {WebSocketKey.Accept(key)}\r\n\r\n"));

    /// <summary>Reads a whole head of a request.</summary>
    /// <param name="head">The head.</param>
    /// <param name="key">Its key; empty if there is none. GOST asks for no more than method and Upgrade.</param>
    /// <returns>An answer if the request is not one of this transport, else empty.</returns>
    public static ReadOnlyMemory<byte> ReadRequest(ReadOnlyMemory<byte> head, out ReadOnlySpan<byte> key)
    {
        key = default;
        var request = new HttpHead();
        if (request.ReadRequest(head) != HttpHeadError.None)
        {
            return BadRequest;
        }

        if (!request.Method.SequenceEqual("GET"u8)
            || !request.TryGetSingle(HttpFieldKind.Upgrade, out ReadOnlySpan<byte> protocol)
            || !Ascii.EqualsIgnoreCase(protocol, "websocket"u8))
        {
            return Refusal;
        }

        foreach (HttpField field in request.Fields)
        {
            if (Ascii.EqualsIgnoreCase(request.Name(field), "Sec-WebSocket-Key"u8))
            {
                key = request.Value(field);
                break;
            }
        }

        return default;
    }

    /// <summary>Whether a text can stand in a field of the request.</summary>
    public static bool IsFieldText(string text) =>
        text.Length > 0 && text.Length < MaxHeadLength / 4 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
