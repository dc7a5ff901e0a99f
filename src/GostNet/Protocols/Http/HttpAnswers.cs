using System.Text;

namespace GostNet.Protocols.Http;

/// <summary>The heads of a proxy's own answers, byte for byte as GOST has them (proxies, section 1).</summary>
/// <param name="agent">What the proxy calls itself.</param>
/// <param name="realm">What a client is asked to log in to.</param>
internal sealed class HttpAnswers(string agent, string realm)
{
    /// <summary>A CONNECT has reached its target.</summary>
    public ReadOnlyMemory<byte> Connected { get; } = Encode($"HTTP/1.1 200 Connection established\r\nProxy-Agent: {agent}\r\n\r\n");

    /// <summary>The request is malformed, or nothing that a proxy can do.</summary>
    public ReadOnlyMemory<byte> BadRequest { get; } = Empty("400 Bad Request", agent);

    /// <summary>The rules forbid it.</summary>
    public ReadOnlyMemory<byte> Forbidden { get; } = Empty("403 Forbidden", agent);

    /// <summary>The login is missing or wrong.</summary>
    public ReadOnlyMemory<byte> LoginRequired { get; } = Empty(
        "407 Proxy Authentication Required", agent, $"Proxy-Authenticate: Basic realm=\"{realm}\"\r\n");

    /// <summary>The same to a client that would send its login on this very connection, if it were not told that it ends. GOST 2.12 has
    /// it, for curl.</summary>
    public ReadOnlyMemory<byte> LoginRequiredElsewhere { get; } = Encode(
        $"HTTP/1.1 407 Proxy Authentication Required\r\nConnection: close\r\nProxy-Agent: {agent}\r\n"
        + $"Proxy-Authenticate: Basic realm=\"{realm}\"\r\nProxy-Connection: close\r\nContent-Length: 0\r\n\r\n");

    /// <summary>The head took too long.</summary>
    public ReadOnlyMemory<byte> TooSlow { get; } = Empty("408 Request Timeout", agent);

    /// <summary>The head is too long, or has too many fields.</summary>
    public ReadOnlyMemory<byte> HeadTooLarge { get; } = Empty("431 Request Header Fields Too Large", agent);

    /// <summary>The target was reached, and did not give an answer that could be passed on.</summary>
    public ReadOnlyMemory<byte> BadGateway { get; } = Empty("502 Bad Gateway", agent);

    /// <summary>The target was not reached.</summary>
    public ReadOnlyMemory<byte> Unavailable { get; } = Empty("503 Service Unavailable", agent);

    /// <summary>The target was not reached in time.</summary>
    public ReadOnlyMemory<byte> GatewayTimeout { get; } = Empty("504 Gateway Timeout", agent);

    /// <summary>The answer to a dial that failed.</summary>
    /// <remarks>GOST has 403 for its own rules and 503 for everything else. Its clients look at 200 alone, so 504 does no harm there,
    /// and tells all others more.</remarks>
    public ReadOnlyMemory<byte> OfFailedDial(ForwardError error) => error switch
    {
        ForwardError.Forbidden => Forbidden,
        ForwardError.TimedOut => GatewayTimeout,
        _ => Unavailable,
    };

    private static byte[] Empty(string status, string agent, string field = "") =>
        Encode($"HTTP/1.1 {status}\r\nProxy-Agent: {agent}\r\n{field}Content-Length: 0\r\n\r\n");

    private static byte[] Encode(string text) => Encoding.ASCII.GetBytes(text);
}
