using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Internal;

/// <summary>A connection whose bytes go through a layer that is done with its work at some time, and that in all else is the connection
/// below.</summary>
internal abstract class LayeredConnection(IConnection inner, Stream stream) : IConnection
{
    public Stream Stream => stream;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Whether all bytes go to and from the connection below as they are from now on, and nothing of it is held here.</summary>
    protected abstract bool IsTransparent { get; }

    public virtual ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) =>
        inner.CompleteWritesAsync(cancellationToken);

    public virtual void Abort() => inner.Abort();

    /// <summary>The socket below, once the layer has nothing left to do.</summary>
    public bool TryGetSocket([NotNullWhen(true)] out Socket? socket)
    {
        socket = null;
        return IsTransparent && inner.TryGetSocket(out socket);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false); // first: how to close its stream is the connection's business
        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
