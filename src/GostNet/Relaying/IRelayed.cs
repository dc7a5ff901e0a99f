namespace GostNet.Relaying;

/// <summary>What can be seen and done while something is relayed, be it a byte stream or a datagram flow.</summary>
internal interface IRelayed
{
    /// <summary>Bytes that went from the client to the target so far.</summary>
    long BytesFromClient { get; }

    /// <summary>Bytes that went from the target to the client so far.</summary>
    long BytesFromTarget { get; }

    /// <summary>Ends it at once. The first reason given stays.</summary>
    void Abort(ConnectionEnd reason);
}
