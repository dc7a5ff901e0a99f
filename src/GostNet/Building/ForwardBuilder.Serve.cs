using GostNet.Building.Nodes;

namespace GostNet;

/// <content>Forwards in GOST's words.</content>
public sealed partial class ForwardBuilder
{
    private int _defaultAttempts = 1;

    /// <summary>Adds a forward or a proxy server in GOST's words: what <c>-L</c> takes.</summary>
    /// <remarks>
    /// <para><c>tcp://</c> and <c>udp://</c> listen on this machine, <c>rtcp://</c> and <c>rudp://</c> at the far end of the chain.
    /// <c>ip</c> names more targets; <c>strategy</c>, <c>max_fails</c> and <c>fail_timeout</c> say how one is chosen, and <c>retry</c> how
    /// many attempts there are; <c>timeout</c> limits the dial of <c>tcp</c> and <c>rtcp</c>, and <c>ttl</c>, <c>backlog</c> and
    /// <c>queue</c> are for <c>udp</c> and <c>rudp</c>.</para>
    /// <para><c>socks5://</c>, <c>socks4://</c>, <c>http://</c>, and <c>auto://</c> or no scheme for all of them on one port, serve a
    /// proxy. <c>user:password@</c>, <c>auth</c> or <c>secrets</c> say who may use it, <c>whitelist</c> and <c>blacklist</c> for what;
    /// <c>knock</c>, <c>probe_resist</c> and <c>proxyAgent</c> are for HTTP. One without a login falls under
    /// <see cref="UseUnverifiedPeers"/>.</para>
    /// <para>A transport with a target, <c>tls://:443/:1443</c>, is the far end of a tunnel, and a protocol with a transport,
    /// <c>socks5+wss://</c>, a proxy over it: see <see cref="Via(string)"/> for the words. <c>http2://</c>, <c>sni://</c>, <c>ss://</c> and
    /// <c>ssu://</c> serve HTTP/2, SNI and Shadowsocks, whose user is the cipher. <c>cert</c>, <c>key</c>, <c>ca</c> and GostNet's
    /// <c>selfsigned</c> are <see cref="TlsServerOptions"/>; without them it is GOST's <c>cert.pem</c> and <c>key.pem</c> in the working
    /// directory if they are there, and else a certificate that the server makes.</para>
    /// <para><c>forward+ssh://</c>, a server for SSH clients that forward ports, and <c>ssh</c> as a transport are in the package
    /// GostNet.Ssh. Where clients log in to the transport, as with SSH, the proxy over it does not ask again.</para>
    /// <para>Unlike GOST, <see cref="Build"/> refuses what it would have to ignore.</para>
    /// </remarks>
    /// <param name="url">For instance <c>tcp://:2222/192.168.1.1:22,192.168.1.2:22?strategy=random</c>.</param>
    public ForwardBuilder Serve(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        _forwards.Add(problems => ServeNodes.Read(url, _defaultAttempts, problems));
        return this;
    }

    /// <summary>How many attempts a connection gets where a <see cref="Serve"/> URL has no <c>retry</c>: GOST's <c>Retries</c>.</summary>
    /// <param name="attempts">1 by default. Holds for this builder or <see cref="Route"/> alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public ForwardBuilder UseDefaultAttempts(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        _defaultAttempts = attempts;
        return this;
    }
}
