using System.Net;
using GostNet.Transports.Tcp;

namespace GostNet;

/// <summary>What the options of all proxies have in common.</summary>
public abstract record ProxyOptions
{
    private protected ProxyOptions()
    {
    }

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

    /// <summary>How often a connection that the proxy keeps for a remote forward or for datagrams is asked whether the proxy is still
    /// there. One that does not answer is given up within two intervals, even if the network swallows everything.</summary>
    /// <value>15 seconds by default; whole seconds, at least one.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TcpHeartbeat.DefaultInterval;
}
