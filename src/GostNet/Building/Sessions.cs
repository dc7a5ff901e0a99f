using GostNet.Transports.Multiplexing;

namespace GostNet.Building;

/// <summary>Makes the smux sessions of SOCKS5's multiplexed bind (socks, section 7).</summary>
internal static class Sessions
{
    /// <summary>The side that accepts what the SOCKS5 server opens.</summary>
    public static Func<IConnection, IMultiplexSession> Accepting(TimeProvider time) =>
        carrier => SmuxSession.Start(carrier, SmuxRole.Server, SmuxOptions.Answering, time);

    /// <summary>The side of the SOCKS5 server, which opens a connection for each peer.</summary>
    public static Func<IConnection, IMultiplexSession> Opening(TimeProvider time) =>
        carrier => SmuxSession.Start(carrier, SmuxRole.Client, SmuxOptions.Asking, time);
}
