using GostNet.Transports.Multiplexing;

namespace GostNet.Building;

/// <summary>Makes the smux sessions of SOCKS5's multiplexed bind (socks, section 7).</summary>
internal static class Sessions
{
    /// <summary>The side that accepts what the SOCKS5 server opens.</summary>
    public static Func<IConnection, IMultiplexSession> Accepting(TimeProvider time) =>
        carrier => SmuxSession.Start(carrier, SmuxRole.Server, AcceptingOptions, time);

    /// <summary>The side of the SOCKS5 server, which opens a connection for each peer.</summary>
    public static Func<IConnection, IMultiplexSession> Opening(TimeProvider time) =>
        carrier => SmuxSession.Start(carrier, SmuxRole.Client, OpeningOptions, time);

    /// <summary>Two of ours end one direction of a stream alone. With another peer, this side holds the end of a request back until the
    /// answer has ended, because to GOST an end is one of both directions. A stream that nobody reads and that fills the session is
    /// given up before the session is.</summary>
    private static SmuxOptions OpeningOptions { get; } = new()
    {
        AnnounceHalfClose = true,
        HalfClose = SmuxHalfClose.Drain,
        MaxStreamShare = 1024 * 1024,
        StallTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>The same, but for the end of an answer: the peer waits for it.</summary>
    private static SmuxOptions AcceptingOptions { get; } = OpeningOptions with { HalfClose = SmuxHalfClose.Immediate };
}
