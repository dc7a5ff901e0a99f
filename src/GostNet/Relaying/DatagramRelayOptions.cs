namespace GostNet.Relaying;

/// <summary>The bounds of a datagram relay.</summary>
internal sealed record DatagramRelayOptions
{
    /// <summary>How long a flow lives without a datagram in either direction.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>How many flows there may be; one more ends the idlest.</summary>
    public required int MaxFlows { get; init; }

    /// <summary>How many flows may be waiting for their target to be opened.</summary>
    public required int Backlog { get; init; }

    /// <summary>How many datagrams of one flow may wait to be sent to its target.</summary>
    public required int QueueLength { get; init; }
}
