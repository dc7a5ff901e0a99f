namespace GostNet.Relaying;

/// <summary>What a datagram relay asks of the forward that it works for.</summary>
internal interface IDatagramRelayOwner
{
    /// <summary>Chooses a target for a new flow and opens a socket to it.</summary>
    /// <exception cref="ForwardException">No target could be opened.</exception>
    ValueTask<IDatagramUpstream> OpenAsync(DatagramFlow flow, CancellationToken cancellationToken);

    /// <summary>A flow has begun.</summary>
    void FlowOpened(DatagramFlow flow);

    /// <summary>A flow has ended, and everything of it is released.</summary>
    void FlowClosed(DatagramFlow flow, ConnectionEnd reason, Exception? error);

    /// <summary>A datagram was dropped.</summary>
    void DatagramDropped(int size, string reason);
}
