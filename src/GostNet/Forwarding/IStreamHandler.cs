using GostNet.Relaying;

namespace GostNet.Forwarding;

/// <summary>Decides what becomes of a connection that a forward has accepted: who its target is, and how it is reached.</summary>
internal interface IStreamHandler
{
    /// <summary>Serves one connection to its end.</summary>
    /// <param name="connection">Its entry among the live connections.</param>
    /// <param name="client">The connection. It stays the forward's, which closes it afterwards.</param>
    /// <param name="forward">Relays.</param>
    /// <param name="cancellationToken">The connection was aborted.</param>
    /// <returns>How it ended.</returns>
    Task<RelayResult> ServeAsync(
        ForwardedConnection connection, IConnection client, StreamForward forward, CancellationToken cancellationToken);
}
