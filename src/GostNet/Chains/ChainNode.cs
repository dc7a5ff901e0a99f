namespace GostNet.Chains;

/// <summary>How one proxy of a chain is spoken to.</summary>
/// <param name="Connector">Asks it for the next address.</param>
/// <param name="DialTimeout">How long it may take to reach it, if it is the first hop; and once more, to agree on the transport.</param>
/// <param name="ConnectTimeout">How long it may take to reach the next address.</param>
/// <param name="HeartbeatInterval">How often a connection that is kept open is asked after.</param>
/// <param name="Transport">What is under the protocol.</param>
internal sealed record ChainNode(
    IConnector Connector, TimeSpan DialTimeout, TimeSpan ConnectTimeout, TimeSpan HeartbeatInterval, NodeTransport Transport)
{
    /// <summary>Makes a node with the limits of its options.</summary>
    public ChainNode(IConnector connector, ProxyOptions options, NodeTransport? transport = null)
        : this(connector, options.DialTimeout, options.ConnectTimeout, options.HeartbeatInterval, transport ?? NodeTransport.Tcp)
    {
    }
}
