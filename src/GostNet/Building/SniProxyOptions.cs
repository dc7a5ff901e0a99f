namespace GostNet;

/// <summary>The options of an SNI proxy. It takes the target from what the application says, so that has to be TLS with a server name, or
/// HTTP/1 with a Host field. There is no login.</summary>
public sealed record SniProxyOptions : ProxyOptions
{
    /// <summary>The name that is to be seen on the way to the proxy, in place of the target's. GOST's and GostNet's proxies know how to put
    /// the target's back; what is seen is not secret, only hidden from a glance. Of HTTP it is the connection's first request
    /// only.</summary>
    /// <value><see langword="null"/> by default: the target's name stays. GOST calls it <c>host</c>.</value>
    public string? DisguiseHost { get; set; }
}
