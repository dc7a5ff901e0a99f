namespace GostNet.Protocols.Http;

/// <summary>One request that is forwarded, and its answer.</summary>
internal sealed class HttpExchange
{
    /// <summary>Whom it is for.</summary>
    public required HostEndPoint Target { get; init; }

    /// <summary>The body of the request.</summary>
    public required HttpBody Body { get; init; }

    /// <summary>Whether the method is HEAD, whose answer has no body.</summary>
    public bool IsHead { get; init; }

    /// <summary>Whether the client speaks HTTP/1.0: no chunks, and one request for each connection.</summary>
    public bool IsOld { get; init; }

    /// <summary>Whether the client asks for another protocol, such as WebSocket.</summary>
    public bool IsUpgrade { get; init; }

    /// <summary>Whether the client wants no further request to follow.</summary>
    public bool IsLast { get; init; }

    /// <summary>Whether doing it twice is as good as once, so that it can be sent again (RFC 9110, section 9.2.2).</summary>
    public bool IsRepeatable { get; init; }
}
