namespace GostNet.Protocols.Socks;

/// <summary>What a SOCKS5 server does in its own way.</summary>
internal sealed record Socks5ServerOptions
{
    /// <summary>How long a client may take for the greeting, TLS, the login and the request together.</summary>
    /// <value>10 seconds by default; GOST waits for ever (socks, section 12).</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long bytes for a GOST client are held back behind a reply, unless the client sends something first: GOST throws away
    /// what it reads together with the reply (socks, section 2). Inside TLS the reply is a record of its own, and nothing is held
    /// back.</summary>
    /// <value>30 milliseconds by default.</value>
    public TimeSpan ReplyGrace { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How large a datagram may be, in bytes without its header, to be sent to the client of a UDP tunnel. Larger ones are
    /// dropped and counted. What comes from the client is not bound by it.</summary>
    /// <value>8192 by default: GOST 2.8 cuts larger ones, and 2.12 ends its process at twice the size (socks, section 8.2). Nothing on
    /// the wire tells a GostNet client from one of GOST, so it takes a server whose clients are all GostNet to set this to 65,507, with
    /// which every datagram passes.</value>
    public int MaxTunnelDatagramSize { get; init; } = 8192;
}
