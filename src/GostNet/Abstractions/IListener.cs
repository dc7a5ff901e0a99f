using System.Net;

namespace GostNet;

/// <summary>A place where connections arrive.</summary>
/// <remarks>Disposing closes it: no further connection is accepted, accepted ones live on, and a waiting
/// <see cref="AcceptAsync"/> returns <see langword="null"/>.</remarks>
public interface IListener : IAsyncDisposable
{
    /// <summary>Where it listens. If port 0 was asked for, this has the port that was given.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>Waits for the next connection that is ready to use.</summary>
    /// <remarks>Handshakes of the transport are done by then, concurrently and each with a deadline, so that a slow peer does not
    /// hold up the others. It may be called by several at once, and each connection goes to one of them.</remarks>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A connection that the caller owns, or <see langword="null"/> once the listener is closed.</returns>
    /// <exception cref="IOException">Nothing could be accepted just now, for instance because the process has no file descriptors
    /// left; asking again later may succeed. A listener at the far end of a chain has been lost, and asking again does not
    /// help.</exception>
    ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default);
}
