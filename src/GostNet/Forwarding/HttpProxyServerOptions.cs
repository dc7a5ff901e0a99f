namespace GostNet;

/// <summary>The options of an HTTP proxy server, and of one that also speaks SOCKS.</summary>
public sealed record HttpProxyServerOptions : ProxyServerOptions
{
    /// <summary>The product that answers name in <c>Proxy-Agent</c>.</summary>
    /// <value><see langword="null"/> by default: GostNet and its version.</value>
    public string? Agent { get; set; }

    /// <summary>What a client without a valid login is answered in place of 407, so that the server does not look like a proxy.</summary>
    /// <remarks><c>code:404</c> answers with that status, <c>web:example.com</c> with that page, <c>host:example.com:80</c> hands the
    /// connection on to that host, and <c>file:index.html</c> answers with that file. GOST calls it <c>probe_resist</c>. Without an
    /// authenticator it has no effect.</remarks>
    /// <value><see langword="null"/> by default: 407.</value>
    public string? ProbeResistance { get; set; }

    /// <summary>A host that works like a password: a client that asks for it is answered 407, and so asked for its login, in spite of
    /// <see cref="ProbeResistance"/>. Browsers need that to send one.</summary>
    /// <value><see langword="null"/> by default: no host. GOST calls it <c>knock</c>.</value>
    public string? Knock { get; set; }
}
