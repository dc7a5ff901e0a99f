namespace GostNet.Protocols;

/// <summary>The server side of a proxy protocol.</summary>
/// <remarks>One instance serves any number of clients at the same time. It knows nothing of the transport below it, and limits the time
/// that a client may take until it has said what it wants.</remarks>
internal interface IProxyServer
{
    /// <summary>Whether the server itself logs whom it turns away, so that nobody else is to.</summary>
    bool LogsRejections => false;

    /// <summary>Serves one client until it has what it wants, or cannot have it; answers it either way.</summary>
    /// <param name="client">The connection, which stays the caller's: it closes it when this returns or throws a
    /// <see cref="ForwardException"/>, by which time the client has had the time to read what it was told, and aborts it otherwise.</param>
    /// <param name="host">Does everything that is not the protocol.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="ForwardException">The client misbehaved or may not do what it asks for, or its target was not reached. It has
    /// been told, where the protocol has words for that.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken);
}
