namespace GostNet;

/// <summary>The options of an SNI proxy server, which reads from the client's TLS or HTTP whom it wants to reach.</summary>
/// <remarks>TLS cannot carry a login. With <see cref="ProxyServerOptions.Authenticator"/> set, clients that begin with TLS are refused.</remarks>
public sealed record SniServerOptions : ProxyServerOptions
{
    /// <summary>The port at which targets of clients that speak TLS are reached.</summary>
    /// <value>443 by default, as in GOST.</value>
    public int TargetPort { get; set; } = 443;

    /// <summary>Whether clients may reach targets on this machine and in private networks.</summary>
    /// <value><see langword="false"/> by default. With a chain the addresses behind a name are known at its far end only, and are not looked
    /// at.</value>
    public bool AllowPrivateTargets { get; set; }
}
