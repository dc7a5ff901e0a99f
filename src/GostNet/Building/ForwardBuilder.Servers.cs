using GostNet.Building;

namespace GostNet;

/// <content>Proxy servers: this machine listens, and clients say what is to be reached through the chain.</content>
public sealed partial class ForwardBuilder
{
    /// <summary>Serves SOCKS5 (RFC 1928, RFC 1929), with GOST's own commands for remote forwards and UDP over TCP.</summary>
    /// <remarks>What clients ask for is reached through the chain; without one, from this machine. Clients that offer TLS within SOCKS5
    /// get it, with a certificate that this process makes for itself and that is another at the next start.</remarks>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">Who may use it, and for what. There is no default: it has to have an authenticator, or to say
    /// <see cref="ProxyServerOptions.AllowAnonymous"/>.</param>
    public ForwardBuilder ServeSocks5(string listen, ProxyServerOptions options) => Add("socks5", listen, options);

    /// <summary>Serves SOCKS4 and SOCKS4a. The protocol knows no passwords, so an authenticator is refused.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">What it may be used for. It has to say <see cref="ProxyServerOptions.AllowAnonymous"/>.</param>
    public ForwardBuilder ServeSocks4(string listen, ProxyServerOptions options) => Add("socks4", listen, options);

    /// <summary>Serves an HTTP proxy (RFC 9110, RFC 9112): CONNECT, and requests for <c>http</c> URLs.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">As for <see cref="ServeSocks5"/>.</param>
    public ForwardBuilder ServeHttp(string listen, HttpProxyServerOptions options) => Add("http", listen, options);

    /// <summary>Serves SOCKS4, SOCKS5 and HTTP on one port: a client's first byte tells which it speaks.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">As for <see cref="ServeSocks5"/>. With an authenticator, SOCKS4 is refused.</param>
    public ForwardBuilder ServeAuto(string listen, HttpProxyServerOptions options) => Add("auto", listen, options);

    /// <summary>Serves an SNI proxy: clients speak TLS or HTTP/1 as if to their target, and its name is read out of that. TLS is not ended
    /// here.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">What it may be used for. It has to say <see cref="ProxyServerOptions.AllowAnonymous"/>, because TLS cannot carry
    /// a login.</param>
    public ForwardBuilder ServeSni(string listen, SniServerOptions options) => Add("sni", listen, options);

    /// <summary>Serves an HTTP/2 proxy, asked with CONNECT, and an HTTP/1.1 proxy on the same port.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">As for <see cref="ServeSocks5"/>, with the <see cref="ProxyServerOptions.Transport"/> that is under HTTP/2, which
    /// for GOST's <c>http2</c> is TLS.</param>
    public ForwardBuilder ServeHttp2(string listen, HttpProxyServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Add("http2", listen, options with { Transport = options.Transport.Http2Proxy() });
    }

    /// <summary>Serves Shadowsocks. Who knows the password may use it.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">Cipher and password, and what may be asked for.</param>
    public ForwardBuilder ServeShadowsocks(string listen, ShadowsocksServerOptions options) => Add("ss", listen, options);

    /// <summary>Serves Shadowsocks for datagrams: GOST's <c>ssu</c>. For the clients of other Shadowsocks servers it is at the same port as
    /// <see cref="ServeShadowsocks"/>.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">Cipher and password, and what may be asked for.</param>
    public ForwardBuilder ServeShadowsocksUdp(string listen, ShadowsocksServerOptions options) =>
        Add(DatagramProxyDefinition.Protocol, listen, options);

    /// <summary>Serves clients that tell their transport what they want to reach, or where they want to listen, as clients of SSH do.</summary>
    /// <param name="listen">Where to listen, as <c>[host]:port</c>.</param>
    /// <param name="options">As for <see cref="ServeSocks5"/>, with a <see cref="ProxyServerOptions.Transport"/> that has
    /// <see cref="TransportTraits.Forwards"/>.</param>
    /// <exception cref="ArgumentException">The transport has no such words.</exception>
    public ForwardBuilder ServeForwarding(string listen, ProxyServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Transport.Stack.Forwards
            ? Add(ProxyServers.OfTransport, listen, options)
            : throw new ArgumentException($"A transport of {options.Transport} cannot say what its clients want.", nameof(options));
    }

    private ForwardBuilder Add(string protocol, string listen, ProxyServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { };
        _forwards.Add(problems =>
        {
            string name = options.Name ?? $"{protocol}://{listen}";
            if (HostEndPoint.TryParse(listen, out HostEndPoint? endPoint, out string? problem))
            {
                return protocol == DatagramProxyDefinition.Protocol
                    ? new DatagramProxyDefinition(endPoint, (ShadowsocksServerOptions)options)
                    : new ProxyDefinition(protocol, endPoint, options);
            }

            problems.Add($"{name}: the listening address cannot be read: {problem}");
            ProxyDefinition.Check(protocol, name, options, problems);
            return null;
        });
        return this;
    }
}
