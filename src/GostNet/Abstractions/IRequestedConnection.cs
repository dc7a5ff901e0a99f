namespace GostNet;

/// <summary>The other end of an <see cref="IRequestingConnection"/>: a stream of HTTP/2, at the server.</summary>
internal interface IRequestedConnection : IConnection
{
    /// <summary>What it is asked for.</summary>
    RequestHead Request { get; }

    /// <summary>Answers the request. It is to be called once, before anything is written.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="isLast">Whether nothing will be written after it.</param>
    /// <exception cref="IOException">The connection has ended.</exception>
    void Respond(ResponseHead response, bool isLast);
}
