using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Internal;

/// <summary>A connection whose reads go through a layer, and that in all else is the connection below.</summary>
internal abstract class ReadLayerConnection(IConnection inner, ReadLayerStream stream) : IConnection
{
    public Stream Stream => stream;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Whether reads go to the connection below from now on, and nothing of it is held here.</summary>
    protected abstract bool IsTransparent { get; }

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => inner.Abort();

    /// <summary>The socket below, once everything read ahead has been handed out.</summary>
    public bool TryGetSocket([NotNullWhen(true)] out Socket? socket)
    {
        socket = null;
        return IsTransparent && inner.TryGetSocket(out socket);
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false); // first: how to close its stream is the connection's business
        await stream.DisposeAsync().ConfigureAwait(false);
    }
}
