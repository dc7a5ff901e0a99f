namespace GostNet;

/// <summary>A connection whose first bytes are a request that its transport has a form for: a stream of HTTP/2, at the client.</summary>
/// <remarks>Nothing can be read or written, and the other side knows nothing of it, before it has been asked for something.</remarks>
internal interface IRequestingConnection : IConnection
{
    /// <summary>Sends the request, and waits for the answer. It is to be called once.</summary>
    /// <returns>The answer, whatever it is. If it is 2xx to a CONNECT, the connection is that to the target.</returns>
    /// <exception cref="IOException">The connection ended, or the other side does not answer.</exception>
    ValueTask<ResponseHead> RequestAsync(RequestHead request, CancellationToken cancellationToken);
}
