using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet;

/// <summary>A bidirectional stream of bytes whose two directions end independently of one another.</summary>
/// <remarks>
/// <para>Reading returns 0 once the peer has ended its direction. Disposing closes the connection; when both directions were ended
/// that is a clean close, otherwise what the peer sees is up to the transport. Disposing the connection disposes its
/// <see cref="Stream"/>; the stream is not to be disposed on its own.</para>
/// <para>One read and one write may be in flight at the same time. <see cref="Abort"/> may be called at any time, from any thread.</para>
/// </remarks>
public interface IConnection : IAsyncDisposable
{
    /// <summary>The bytes, both ways.</summary>
    Stream Stream { get; }

    /// <summary>The near end, or <see langword="null"/> where the transport has no address to tell.</summary>
    EndPoint? LocalEndPoint { get; }

    /// <summary>The far end, or <see langword="null"/> where the transport has no address to tell.</summary>
    EndPoint? RemoteEndPoint { get; }

    /// <summary>Ends the write direction, so that the peer reads end-of-stream, while reading goes on.</summary>
    /// <remarks>TCP sends a FIN (RFC 9293, section 3.6). A transport that cannot end one direction alone sends nothing more and says so
    /// in its own documentation. Calling it again does nothing.</remarks>
    /// <param name="cancellationToken">Gives up waiting; the connection is then only good for <see cref="Abort"/>.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends both directions at once and without ceremony: TCP sends an RST. Reads and writes in flight fail.</summary>
    void Abort();

    /// <summary>Hands out the socket that carries this connection's bytes, if they travel over it as they are.</summary>
    /// <remarks>True only while no byte is buffered above the socket in either direction. Whoever takes the socket may read, write and
    /// half-close it in place of <see cref="Stream"/>, and leaves closing it to the connection.</remarks>
    /// <param name="socket">A connected stream socket.</param>
    bool TryGetSocket([NotNullWhen(true)] out Socket? socket)
    {
        socket = null;
        return false;
    }
}
