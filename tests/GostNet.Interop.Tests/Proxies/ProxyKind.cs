namespace GostNet.Interop.Tests.Proxies;

/// <summary>A real proxy, and the protocol that it is spoken to with.</summary>
public enum ProxyKind
{
    DantedSocks5,
    DantedSocks4,
    MicrosocksSocks5,
    MicrosocksSocks5Login,
    SshSocks5,
    SshSocks4,
    SshSocks4a,
    TinyproxyHttp,
    TinyproxyHttpLogin,
    ApacheHttp,
}
