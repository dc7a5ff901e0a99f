namespace GostNet;

/// <summary>A connection to a node whose transport has words of its own for what is to be reached through it, as SSH has: the client's end,
/// which has not said what it is for.</summary>
/// <remarks>Nothing can be read or written, and the node need not know of it, before one of the two was asked for, once. It keeps the session
/// below alive until it is disposed of. The other ends are <see cref="IConnectRequest"/> and <see cref="IListenRequest"/>.</remarks>
public interface IForwardingConnection : IConnection
{
    /// <summary>Has the node connect to a target. Afterwards this is the connection to it.</summary>
    /// <param name="target">What the node is to reach. A name goes to the node as it is; an empty host is the node.</param>
    /// <param name="cancellationToken">Gives up; the connection is then only good for being closed.</param>
    /// <exception cref="ForwardException">The node refused or failed; <see cref="ForwardException.IsTargetFault"/> tells whether it is
    /// the target that failed.</exception>
    /// <exception cref="IOException">The session broke.</exception>
    ValueTask ConnectAsync(HostEndPoint target, CancellationToken cancellationToken = default);

    /// <summary>Has the node listen. The connection itself carries nothing then, and is to be kept as long as the listener.</summary>
    /// <param name="endPoint">Where, as the node sees it. An empty host is every interface; port 0 lets the node choose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listener; its <see cref="IListener.LocalEndPoint"/> has the port. Disposing it makes the node release the port, and
    /// leaves what was accepted alone. Once the node no longer listens, accepting throws or returns <see langword="null"/>.</returns>
    /// <exception cref="ForwardException">The node refused.</exception>
    /// <exception cref="IOException">The session broke.</exception>
    ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default);
}
