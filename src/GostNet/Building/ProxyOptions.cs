using System.Net;
using GostNet.Transports.Tcp;

namespace GostNet;

/// <summary>What the options of all proxies have in common.</summary>
public abstract record ProxyOptions
{
    private protected ProxyOptions()
    {
    }

    /// <summary>How bytes travel to the proxy.</summary>
    /// <value>TCP alone by default.</value>
    public ClientTransport Transport { get; set; } = ClientTransport.Tcp;

    /// <summary>The user and password to log in with.</summary>
    /// <value><see langword="null"/> by default: no login.</value>
    public NetworkCredential? Credential { get; set; }

    /// <summary>How long the proxy may take to be reached, if it is the chain's first hop.</summary>
    /// <value>5 seconds by default, as in GOST. <see cref="Timeout.InfiniteTimeSpan"/>: no limit.</value>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the proxy may take to log us in and to reach the next address.</summary>
    /// <value>30 seconds by default, so that a proxy which itself waits for 5 seconds, as GOST does, can still tell why it failed.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: no limit.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection that is held open to listen at the proxy, or to carry datagrams, may be silent before TCP asks
    /// whether the other side is still there. If it does not answer, the connection is given up within two intervals in all, even if the
    /// network swallows everything.</summary>
    /// <remarks>TCP reaches as far as the first proxy of the chain. What <see cref="Socks5ProxyOptions.MultiplexBind"/> opens has signs of
    /// life of its own, every 10 seconds, which come from the last one; it is given up after 30 to 60 seconds without any.</remarks>
    /// <value>15 seconds by default; whole seconds, at least one. That of the chain's last proxy counts.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TcpHeartbeat.DefaultInterval;
}
