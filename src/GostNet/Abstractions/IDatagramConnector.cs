namespace GostNet;

/// <summary>The client side of a proxy protocol that carries datagrams.</summary>
public interface IDatagramConnector : IConnector
{
    /// <summary>Whether <see cref="ConnectDatagramsAsync"/> is possible, which is known when the chain is built.</summary>
    bool CanConnectDatagrams => true;

    /// <summary>Whether <see cref="ListenDatagramsAsync"/> is.</summary>
    bool CanListenForDatagrams => true;

    /// <summary>Asks for a way to exchange datagrams with one target.</summary>
    /// <param name="openNode">Opens a fresh connection to the node, which the caller of it owns, and throws as
    /// <see cref="IDialer.DialAsync"/> does.</param>
    /// <param name="target">What the node is to reach.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ForwardException">The node refused or misbehaved.</exception>
    ValueTask<IDatagramSocket> ConnectDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default);

    /// <summary>Begins to listen for datagrams at the node.</summary>
    /// <param name="openNode">As for <see cref="ConnectDatagramsAsync"/>.</param>
    /// <param name="endPoint">Where, as the node sees it. An empty host is every interface; port 0 lets the node choose.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listener. Once the node no longer listens, receiving throws an <see cref="IOException"/> or returns -1, and another
    /// listener has to be asked for. Disposing it makes the node release the port.</returns>
    /// <exception cref="ForwardException">The node refused or misbehaved.</exception>
    ValueTask<IDatagramListener> ListenDatagramsAsync(
        Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default);
}
