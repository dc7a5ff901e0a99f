namespace GostNet;

/// <summary>The client side of a proxy protocol: asks a node, over a connection to it, for the next address.</summary>
/// <remarks>One instance serves one node, and may be used for several connections at the same time. It knows nothing of the transport
/// below it, and sets no time limit of its own: the chain that calls it does.</remarks>
public interface IConnector
{
    /// <summary>Asks for a connection to a target.</summary>
    /// <param name="node">A fresh connection to the node. It stays the caller's until this succeeds.</param>
    /// <param name="target">What the node is to reach. A name goes to the node as it is, where the protocol can carry one.</param>
    /// <param name="cancellationToken">Gives up; <paramref name="node"/> is then only good for being closed.</param>
    /// <returns>The connection to the target, which owns <paramref name="node"/> and may be the same object. Bytes that came together
    /// with the node's answer are read from it first.</returns>
    /// <exception cref="ForwardException">The node refused or misbehaved; <see cref="ForwardException.IsTargetFault"/> tells whether
    /// it is the target that failed.</exception>
    /// <exception cref="IOException">The connection to the node broke.</exception>
    ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default);

    /// <summary>Whether the node has a target of its own and takes no notice of the one it is asked for.</summary>
    bool IgnoresTarget => false;
}
