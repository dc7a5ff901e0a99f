namespace GostNet.Protocols.Forward;

/// <summary>GOST's <c>forward</c>: the node has a target of its own, so it is asked for nothing (gost-nodes, section 2.6).</summary>
internal sealed class ForwardConnector : IConnector
{
    public bool IgnoresTarget => true;

    /// <summary>Hands the connection over as it is.</summary>
    public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        return new(node);
    }
}
