namespace GostNet.Transports;

/// <summary>The layers that a transport can be made of.</summary>
internal enum TransportLayerKind
{
    /// <summary>TLS.</summary>
    Tls,

    /// <summary>WebSocket.</summary>
    WebSocket,

    /// <summary>HTTP/2, whose every stream is a connection.</summary>
    Http2,

    /// <summary>HTTP/2, whose every stream begins with a request to a proxy.</summary>
    Http2Proxy,

    /// <summary>smux.</summary>
    Smux,

    /// <summary>An exchange that looks like that of a WebSocket, and no frames.</summary>
    HttpObfuscation,

    /// <summary>An exchange and records that look like those of TLS.</summary>
    TlsObfuscation,

    /// <summary>A layer that is not of this library.</summary>
    Foreign,
}
