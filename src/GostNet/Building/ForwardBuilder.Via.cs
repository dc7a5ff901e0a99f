namespace GostNet;

/// <content>The chain: the proxies between this machine and the targets, in the order in which they are passed.</content>
public sealed partial class ForwardBuilder
{
    /// <summary>Adds a hop to the chain.</summary>
    /// <param name="configure">Says which proxy, or which proxies that can stand in for one another.</param>
    public ForwardBuilder Via(Action<HopBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var hop = new HopBuilder();
        configure(hop);
        _hops.Add(hop.Read);
        return this;
    }

    /// <summary>Adds an HTTP proxy to the chain, asked with CONNECT.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder ViaHttp(string address, HttpProxyOptions? options = null) => Via(hop => hop.Http(address, options));

    /// <summary>Adds a SOCKS5 proxy to the chain.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder ViaSocks5(string address, Socks5ProxyOptions? options = null) => Via(hop => hop.Socks5(address, options));

    /// <summary>Adds a SOCKS4 proxy to the chain. It takes IPv4 addresses only, so names are resolved on this machine.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder ViaSocks4(string address, Socks4ProxyOptions? options = null) => Via(hop => hop.Socks4(address, options));

    /// <summary>Adds a SOCKS4a proxy to the chain, which resolves names itself.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder ViaSocks4a(string address, Socks4ProxyOptions? options = null) => Via(hop => hop.Socks4a(address, options));
}
