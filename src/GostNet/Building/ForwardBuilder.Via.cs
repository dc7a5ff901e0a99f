using GostNet.Building.Nodes;

namespace GostNet;

/// <content>The chain: the proxies between this machine and the targets, in the order in which they are passed.</content>
public sealed partial class ForwardBuilder
{
    /// <summary>Adds a hop to the chain, in GOST's words: what <c>-F</c> takes.</summary>
    /// <remarks>
    /// <para>This version knows the protocols <c>http</c>, <c>http2</c>, <c>socks5</c>, <c>socks4</c>, <c>socks4a</c>, <c>ss</c>,
    /// <c>sni</c> and <c>forward</c>, the last for tunnels, over the transports <c>tls</c>, <c>mtls</c>, <c>ws</c>, <c>mws</c>, <c>wss</c>,
    /// <c>mwss</c>, <c>h2</c>, <c>h2c</c>, <c>ohttp</c> and <c>otls</c>: <c>forward+tls</c>, <c>socks5+wss</c>. A node without a protocol
    /// is asked with HTTP CONNECT for connections, and with SOCKS5 to listen or to carry datagrams.</para>
    /// <para><c>user:password@</c>, <c>auth</c> and <c>secrets</c> give the login; <c>ip</c> and <c>peer</c> name more nodes that can
    /// stand in for this one, and <c>strategy</c>, <c>max_fails</c> and <c>fail_timeout</c> say how one is chosen; <c>timeout</c> limits
    /// the dial. For SOCKS5, <c>mbind</c> and <c>sessions</c> are <see cref="Socks5ProxyOptions.MultiplexBind"/> and
    /// <see cref="Socks5ProxyOptions.Sessions"/>, and <c>secure</c> and <c>notls</c> say whether to use TLS: see
    /// <see cref="UnverifiedPeers"/>.</para>
    /// <para><c>secure</c>, <c>ca</c>, <c>cert</c> and <c>key</c> are for TLS, and so are <c>pin</c> and <c>sni</c>, which GOST does not
    /// have: <see cref="TlsClientOptions.Pins"/> and <see cref="TlsClientOptions.ServerName"/>. <c>path</c>, <c>host</c>, <c>agent</c>,
    /// <c>compression</c> and <c>wbuf</c> are <see cref="WebSocketClientOptions"/>; <c>host</c> is for disguises and <c>sni</c> too. With a
    /// transport that multiplexes, <c>sessions</c> is <see cref="MultiplexOptions.Sessions"/>.</para>
    /// <para>The package GostNet.Ssh has <c>forward+ssh</c>, which goes through any SSH server, and <c>ssh</c> as a transport; its
    /// <c>UseSsh</c> says more. Others can be added by <see cref="UseTransport"/>.</para>
    /// <para>Unlike GOST, <see cref="Build"/> refuses what it would have to ignore.</para>
    /// </remarks>
    /// <param name="url">For instance <c>socks5://user:password@10.0.0.1:1080</c>.</param>
    public ForwardBuilder Via(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        _hops.Add((problems, ground) => ChainNodes.Read(url, ground, problems));
        return this;
    }

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

    /// <summary>Adds the far end of a tunnel to the chain: a node that has a target of its own, such as a
    /// <see cref="LocalTcp(string, string, LocalTcpOptions?)"/> with a transport. As the last hop it makes targets needless.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The transport of the tunnel above all; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder ViaTunnel(string address, TunnelOptions? options = null) => Via(hop => hop.Tunnel(address, options));

    /// <summary>Adds an SNI proxy to the chain, which reads out of what the application says whom it wants to reach.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ForwardBuilder ViaSni(string address, SniProxyOptions? options = null) => Via(hop => hop.Sni(address, options));

    /// <summary>Adds an HTTP/2 proxy to the chain, asked with CONNECT.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">As for <see cref="HopBuilder.Http2"/>.</param>
    public ForwardBuilder ViaHttp2(string address, HttpProxyOptions? options = null) => Via(hop => hop.Http2(address, options));

    /// <summary>Adds a Shadowsocks server to the chain.</summary>
    /// <param name="address">Where it is, <c>host:port</c>.</param>
    /// <param name="options">Cipher and password.</param>
    public ForwardBuilder ViaShadowsocks(string address, ShadowsocksProxyOptions options) => Via(hop => hop.Shadowsocks(address, options));
}
