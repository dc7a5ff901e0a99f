namespace GostNet.Transports.WebSockets;

/// <summary>What the handshake has settled for one connection, and what else it has to know.</summary>
internal sealed record WebSocketSettings
{
    /// <summary>Whether this end is the server's, which sends without masks.</summary>
    public bool IsServer { get; init; }

    /// <summary>Whether messages are compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>How many bytes of data a message carries at most. 32 KiB by default: a peer like GOST hands nothing on before a message is
    /// complete, and sends such itself.</summary>
    public int MaxMessageSize { get; init; } = 32 * 1024;

    /// <summary>When a half-close is told to a peer that may not know half-closes.</summary>
    public WebSocketHalfClose HalfClose { get; init; }

    /// <summary>How long <see cref="WebSocketHalfClose.Drain"/> waits for further data. 10 seconds by default.</summary>
    public TimeSpan HalfCloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether it is known that the peer knows half-closes.</summary>
    public bool PeerHalfCloses { get; init; }

    /// <summary>The content of a pong by which the peer tells that it knows half-closes; empty if there is none.</summary>
    public ReadOnlyMemory<byte> KinshipAnswer { get; init; }
}
