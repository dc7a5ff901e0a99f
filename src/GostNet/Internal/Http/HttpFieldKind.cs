namespace GostNet.Internal.Http;

/// <summary>The header fields that a proxy looks at.</summary>
internal enum HttpFieldKind : byte
{
    /// <summary>None of the others: it is between client and target.</summary>
    Other,

    /// <summary>Host.</summary>
    Host,

    /// <summary>Content-Length.</summary>
    ContentLength,

    /// <summary>Transfer-Encoding.</summary>
    TransferEncoding,

    /// <summary>Connection.</summary>
    Connection,

    /// <summary>Proxy-Connection.</summary>
    ProxyConnection,

    /// <summary>Proxy-Authorization.</summary>
    ProxyAuthorization,

    /// <summary>Upgrade.</summary>
    Upgrade,

    /// <summary>User-Agent, by which GOST's clients are known.</summary>
    UserAgent,

    /// <summary>Another one that is for a proxy only: Proxy-anything, and GOST's Gost-Target, which anybody could send.</summary>
    Proxy,

    /// <summary>Another one that is for one connection only: Keep-Alive, TE, Trailer.</summary>
    HopByHop,
}
