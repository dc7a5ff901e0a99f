using System.Net;

namespace GostNet;

/// <summary>The server's end of an <see cref="IForwardingConnection"/> that wants to listen. It is to be confirmed or refused, once.</summary>
/// <remarks>It carries nothing: reading waits, and returns 0 once the client wants to listen no more, or is gone. Disposing it tells that
/// nothing listens any more; what it has opened, or is about to open, goes on.</remarks>
public interface IListenRequest : IConnection
{
    /// <summary>Where to listen: all of these addresses that this machine has, at the same port; 0 lets the system choose.</summary>
    /// <remarks>What the client wrote may be narrowed here by the rules of the transport.</remarks>
    IReadOnlyList<HostEndPoint> EndPoints { get; }

    /// <summary>Tells the client that it listens.</summary>
    /// <param name="port">The port.</param>
    /// <exception cref="IOException">The session has ended.</exception>
    void Confirm(int port);

    /// <summary>Tells the client that it cannot listen, if the client is still there. The connection is then only good for being
    /// closed.</summary>
    /// <param name="reason">The reason.</param>
    void Refuse(ForwardError reason);

    /// <summary>Opens a connection to the client for somebody who connected to the port.</summary>
    /// <param name="peer">Who, for the client to know; <see langword="null"/> if that cannot be told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, which the caller owns, and which may outlive this request.</returns>
    /// <exception cref="IOException">The client refused, or the session can hold no more, or has ended.</exception>
    ValueTask<IConnection> OpenAsync(EndPoint? peer, CancellationToken cancellationToken = default);
}
