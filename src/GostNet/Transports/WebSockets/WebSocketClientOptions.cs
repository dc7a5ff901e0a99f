using System.Collections.Immutable;

namespace GostNet;

/// <summary>The client side of a WebSocket (RFC 6455): what the server is asked.</summary>
public sealed record WebSocketClientOptions
{
    /// <summary>The path, and the query if there is one, that is asked for.</summary>
    /// <value><c>/ws</c> by default, as GOST.</value>
    public string Path { get; set; } = "/ws";

    /// <summary>The Host field: what a reverse proxy or a content delivery network goes by.</summary>
    /// <value><see langword="null"/> by default: the host and port of the server's address.</value>
    public string? Host { get; set; }

    /// <summary>The User-Agent field; "" sends none.</summary>
    /// <value><c>Chrome/60.0.3112.90</c> by default, as GOST 2.8.1.</value>
    public string UserAgent { get; set; } = "Chrome/60.0.3112.90";

    /// <summary>Further fields of the request, such as Authorization or Cookie for a proxy in between.</summary>
    /// <value>Empty by default. Host, User-Agent, Connection, Upgrade and the Sec-WebSocket fields are not to be among them.</value>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; set; } = [];

    /// <summary>Whether messages are compressed if the server does so too (permessage-deflate, RFC 7692).</summary>
    /// <value><see langword="false"/> by default: compression costs much, and can give away what is encrypted below.</value>
    public bool Compression { get; set; }

    /// <summary>How many bytes of data a message carries at most. A peer like GOST hands a message on once all of it is there.</summary>
    /// <value>32,768 by default; from 125 to 65,536.</value>
    public int MaxMessageSize { get; set; } = 32 * 1024;
}
