namespace GostNet;

/// <summary>One end of a layer of a transport, such as the client side of TLS: puts itself over a connection.</summary>
/// <remarks>It knows nothing of the layers under or over it, and sets no time limit: who calls it does. One instance serves any number of
/// connections at the same time.</remarks>
public interface IConnectionLayer
{
    /// <summary>Does the handshake of the layer, if it has one.</summary>
    /// <param name="carrier">The connection below. It stays the caller's until this succeeds; the result owns it then.</param>
    /// <param name="cancellationToken">Gives up; the carrier is then only good for being closed.</param>
    /// <returns>The connection above. Ending its write direction, and its end, mean the same as below, where the layer can say so.</returns>
    /// <exception cref="ForwardException">The peer refused or misbehaved.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken = default);
}
