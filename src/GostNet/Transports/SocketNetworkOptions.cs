using System.Net;

namespace GostNet;

/// <summary>How the operating system's sockets are used.</summary>
public sealed record SocketNetworkOptions
{
    /// <summary>How many connections may wait to be accepted.</summary>
    /// <value>4096 by default. The system may allow fewer (net.core.somaxconn on Linux).</value>
    public int Backlog { get; set; } = 4096;

    /// <summary>After how long without traffic TCP begins to ask whether the peer is still there.</summary>
    /// <value>180 seconds by default, as in GOST, for accepted and dialled connections. <see cref="Timeout.InfiniteTimeSpan"/>: never.
    /// Whole seconds.</value>
    public TimeSpan KeepAliveTime { get; set; } = TimeSpan.FromSeconds(180);

    /// <summary>How long one address of a name is tried alone before the next is tried beside it.</summary>
    /// <value>250 milliseconds by default (RFC 8305, section 5).</value>
    public TimeSpan ConnectionAttemptDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Finds the addresses of a name, in the order of preference.</summary>
    /// <value><see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> by default, asked anew at each dial.</value>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; set; } = Dns.GetHostAddressesAsync;
}
