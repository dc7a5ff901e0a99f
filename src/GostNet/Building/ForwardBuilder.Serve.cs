using GostNet.Building.Nodes;

namespace GostNet;

/// <content>Forwards in GOST's words.</content>
public sealed partial class ForwardBuilder
{
    private int _defaultAttempts = 1;

    /// <summary>Adds a forward in GOST's words: what <c>-L</c> takes.</summary>
    /// <remarks>
    /// <para>This version knows the forwards <c>tcp</c>, <c>udp</c>, <c>rtcp</c> and <c>rudp</c>. <c>ip</c> names more targets;
    /// <c>strategy</c>, <c>max_fails</c> and <c>fail_timeout</c> say how one is chosen, and <c>retry</c> how many attempts there are;
    /// <c>timeout</c> limits the dial of <c>tcp</c> and <c>rtcp</c>, and <c>ttl</c>, <c>backlog</c> and <c>queue</c> are for <c>udp</c>
    /// and <c>rudp</c>.</para>
    /// <para>And it knows the proxy servers <c>socks5</c>, <c>socks4</c>, <c>socks4a</c> and <c>http</c>; without a scheme all of them are
    /// served at one port. <c>user:password@</c>, <c>auth</c> and <c>secrets</c> say who may use them, <c>whitelist</c> and
    /// <c>blacklist</c> for what, and <c>retry</c> how many attempts there are; <c>proxyAgent</c>, <c>knock</c> and <c>probe_resist</c>
    /// are for <c>http</c>. One without a login falls under <see cref="UseUnverifiedPeers"/>.</para>
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
