using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Protocols.Socks;

/// <summary>A connection that somebody made to a port of the node's, and that came here over another one.</summary>
/// <param name="inner">What carries it, and nothing else from now on.</param>
/// <param name="localEndPoint">Where the peer connected to.</param>
/// <param name="remoteEndPoint">The peer, if the node told.</param>
/// <param name="released">Called once it is disposed of.</param>
internal sealed class AcceptedConnection(
    IConnection inner, EndPoint? localEndPoint, EndPoint? remoteEndPoint, Func<ValueTask>? released) : IConnection
{
    private int _disposed;

    public Stream Stream => inner.Stream;

    public EndPoint? LocalEndPoint => localEndPoint;

    public EndPoint? RemoteEndPoint => remoteEndPoint;

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => inner.Abort();

    public bool TryGetSocket([NotNullWhen(true)] out Socket? socket) => inner.TryGetSocket(out socket);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await inner.DisposeAsync().ConfigureAwait(false);
        if (released is not null)
        {
            await released().ConfigureAwait(false);
        }
    }
}
