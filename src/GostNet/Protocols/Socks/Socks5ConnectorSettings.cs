using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Protocols.Socks;

/// <summary>How a SOCKS5 server is spoken to, beyond the login.</summary>
internal sealed record Socks5ConnectorSettings
{
    /// <summary>Puts TLS over the connection to the node; <see langword="null"/>: GOST's methods 80 and 82 are not offered.</summary>
    public Func<IConnection, CancellationToken, ValueTask<IConnection>>? StartTls { get; init; }

    /// <summary>Whether a server without TLS is refused, before it hears a password.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Makes a session out of a control connection, with this side as the one that accepts: a smux server (socks, section 7).
    /// <see langword="null"/>: GOST's multiplexed BIND is not used.</summary>
    public Func<IConnection, IMultiplexSession>? Multiplex { get; init; }

    /// <summary>How many control connections share one listening port, if the server lets them.</summary>
    public int Sessions { get; init; } = 1;

    /// <summary>Whether datagrams larger than <see cref="Socks5Tunnel.MaxCommonDatagram"/> go into a UDP tunnel.</summary>
    public bool LargeDatagrams { get; init; }

    /// <summary>Opens the socket of a UDP association; <see langword="null"/> if datagrams cannot go straight to the node, or must
    /// not, because it is reached through other nodes.</summary>
    public IDatagramDialer? DatagramDialer { get; init; }

    /// <summary>How long a control connection may take until the node has replied, once it is open.</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Chooses the number by which the server knows control connections that belong together.</summary>
    public Random Random { get; init; } = Random.Shared;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
