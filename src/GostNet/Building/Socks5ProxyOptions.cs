namespace GostNet;

/// <summary>The options of a SOCKS5 proxy (RFC 1928), without login or with user and password (RFC 1929), and of what GOST and GostNet
/// can do beyond that.</summary>
public sealed record Socks5ProxyOptions : ProxyOptions
{
    /// <summary>Offers TLS within SOCKS5, GOST's methods 0x80 and 0x82, and says how the server is checked. Without it a login travels in
    /// clear text.</summary>
    /// <value><see langword="null"/> by default: standard SOCKS5, and TLS is not offered. GOST's own client offers it always, and checks
    /// nothing: <c>new() { Verify = false }</c>.</value>
    public TlsClientOptions? Tls { get; set; }

    /// <summary>Whether a server that does not choose TLS is refused, before it is told a password.</summary>
    /// <value><see langword="false"/> by default: it may choose, and so may whoever stands in between. Goes with <see cref="Tls"/>.</value>
    public bool RequireTls { get; set; }

    /// <summary>Whether a port that is listened on at the server carries all its connections over one, GOST's <c>mbind=true</c>. The port
    /// then stays open, where plain BIND has it closed for a moment after each connection.</summary>
    /// <value><see langword="false"/> by default, as in GOST: BIND, one connection for each peer. Use it with GOST and GostNet. With a
    /// server that does not know it, BIND is used and a warning logged.</value>
    public bool MultiplexBind { get; set; }

    /// <summary>How many control connections share a port that is listened on at the server, so that one slow peer does not hold up the
    /// others, and so that with plain BIND several peers can connect at once.</summary>
    /// <value>1 by default. GostNet's server lets the connections of one client share a port; GOST and the standard servers do not:
    /// there the first remains the only one, whatever is written here, and that is logged.</value>
    public int Sessions { get; set; } = 1;

    /// <summary>Whether datagrams of more than 8192 bytes go through the server's UDP tunnel.</summary>
    /// <value><see langword="false"/> by default: they are dropped and counted, because GOST would cut them off and pass on what is left,
    /// or, in version 2.12, end the tunnel. With a GostNet server up to 65,507 bytes arrive whole.</value>
    public bool LargeDatagrams { get; set; }
}
