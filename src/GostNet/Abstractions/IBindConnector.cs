namespace GostNet;

/// <summary>The client side of a proxy protocol that can listen at the node, as BIND of SOCKS does.</summary>
public interface IBindConnector : IConnector
{
    /// <summary>Begins to listen for connections at the node.</summary>
    /// <param name="openNode">Opens a fresh connection to the node, which the caller of it owns. It may be called again as long as the
    /// listener lives, from several threads at once, and throws as <see cref="IDialer.DialAsync"/> does.</param>
    /// <param name="endPoint">Where, as the node sees it. An empty host is every interface; port 0 lets the node choose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listener. Once the node no longer listens, accepting throws or returns <see langword="null"/>, and another listener
    /// has to be asked for. Disposing it makes the node release the port.</returns>
    /// <exception cref="ForwardException">The node refused or misbehaved.</exception>
    ValueTask<IListener> ListenAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default);
}
