namespace GostNet;

/// <summary>Why a forwarded connection or datagram flow ended.</summary>
public enum ConnectionEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Both sides ended their direction, and everything was delivered.</summary>
    Completed,

    /// <summary>The client reset the connection, or can no longer be written to.</summary>
    ClientReset,

    /// <summary>The target reset the connection, or can no longer be written to.</summary>
    TargetReset,

    /// <summary>Nothing moved in either direction for as long as the options allow. A datagram flow has no other end if all goes
    /// well.</summary>
    IdleTimeout,

    /// <summary>One side ended its direction, and then nothing moved in the other for as long as the options allow.</summary>
    HalfOpenTimeout,

    /// <summary>No attempt reached a target.</summary>
    DialFailed,

    /// <summary>The target refuses datagrams (ICMP port unreachable).</summary>
    TargetRefused,

    /// <summary>The flow was the idlest of too many.</summary>
    Evicted,

    /// <summary>The forwarder was stopped, or <see cref="ForwardedConnection.Abort"/> was called.</summary>
    Aborted,

    /// <summary>Something failed that none of the above covers.</summary>
    Failed,

    /// <summary>The client of a proxy server was turned away: its login, what it asked for, or the way it asked.</summary>
    Rejected,
}
