namespace GostNet;

/// <summary>The options of an HTTP proxy server, and of one that also speaks SOCKS.</summary>
public sealed record HttpProxyServerOptions : ProxyServerOptions
{
    /// <summary>The product that answers name in <c>Proxy-Agent</c>.</summary>
    /// <value><see langword="null"/> by default: GostNet and its version.</value>
    public string? Agent { get; set; }

    /// <summary>What a client without a login is answered in place of 407, so that the server does not look like a proxy.</summary>
    /// <remarks><c>code:404</c> answers with that status, <c>web:example.com</c> with that page, <c>host:example.com:80</c> hands the
    /// connection on to that host, and <c>file:index.html</c> answers with that file. GOST calls it <c>probe_resist</c>.</remarks>
    /// <value><see langword="null"/> by default: 407.</value>
    public string? ProbeResistance { get; set; }

    /// <summary>The host that a client names to be asked for its login in spite of <see cref="ProbeResistance"/>.</summary>
    /// <value><see langword="null"/> by default. GOST calls it <c>knock</c>.</value>
    public string? Knock { get; set; }
}
