namespace GostNet.Interop.Tests.Peers;

/// <summary>How curl speaks to a proxy.</summary>
public enum CurlProxy
{
    /// <summary>SOCKS5, with names resolved by curl.</summary>
    Socks5,

    /// <summary>SOCKS5, with names resolved by the proxy.</summary>
    Socks5Hostname,

    /// <summary>SOCKS4, which has no names.</summary>
    Socks4,

    /// <summary>SOCKS4a: SOCKS4 with names.</summary>
    Socks4a,

    /// <summary>HTTP, with the whole URL in the request.</summary>
    Http,

    /// <summary>HTTP, with CONNECT.</summary>
    HttpConnect,
}
