using System.Collections.Immutable;

namespace GostNet;

/// <summary>The server side of a WebSocket (RFC 6455): which requests become one.</summary>
public sealed record WebSocketServerOptions
{
    /// <summary>The path that has to be asked for. If it ends in <c>/</c>, so may anything below it. A query is overlooked.</summary>
    /// <value><c>/ws</c> by default, as GOST.</value>
    public string Path { get; set; } = "/ws";

    /// <summary>The origins of web pages whose scripts may connect, such as <c>https://www.example.com</c>. Browsers always tell the
    /// origin, and tunnels have none: a request that tells one which is not listed is refused.</summary>
    /// <value>Empty by default: no web page may.</value>
    public ImmutableArray<string> AllowedOrigins { get; set; } = [];

    /// <summary>Whether messages are compressed if the client asks for it (permessage-deflate, RFC 7692).</summary>
    /// <value><see langword="false"/> by default: compression costs much, and can give away what is encrypted below.</value>
    public bool Compression { get; set; }
}
