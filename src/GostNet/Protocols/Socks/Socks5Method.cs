namespace GostNet.Protocols.Socks;

/// <summary>Ways of logging in (RFC 1928, section 3).</summary>
internal enum Socks5Method : byte
{
    /// <summary>No login.</summary>
    None = 0x00,

    /// <summary>User name and password in clear text (RFC 1929).</summary>
    UserPassword = 0x02,

    /// <summary>GOST's own: TLS, then no login (socks, section 3.4).</summary>
    Tls = 0x80,

    /// <summary>GOST's own: TLS, then user name and password inside (socks, section 3.4).</summary>
    TlsUserPassword = 0x82,

    /// <summary>The server takes none of those offered.</summary>
    NoneAcceptable = 0xFF,
}
