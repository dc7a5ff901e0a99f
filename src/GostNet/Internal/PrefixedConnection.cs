using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace GostNet.Internal;

/// <summary>A connection some of whose bytes were read ahead, together with the end of a handshake. They are read from it first.</summary>
internal sealed class PrefixedConnection : IConnection
{
    private readonly IConnection _inner;
    private readonly PrefixedStream _stream;

    private PrefixedConnection(ReadOnlyMemory<byte> prefix, IConnection inner)
    {
        _inner = inner;
        _stream = new PrefixedStream(prefix, inner.Stream);
    }

    public Stream Stream => _stream;

    public EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    /// <summary>Puts bytes that were read ahead back in front of a connection, which the result owns.</summary>
    /// <param name="prefix">The bytes; they are copied. If there are none, the result is <paramref name="inner"/> itself.</param>
    /// <param name="inner">The connection they came from.</param>
    public static IConnection Create(ReadOnlySpan<byte> prefix, IConnection inner) =>
        prefix.IsEmpty ? inner : new PrefixedConnection(prefix.ToArray(), inner);

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => _inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => _inner.Abort();

    /// <summary>The socket below, once everything read ahead has been handed out.</summary>
    public bool TryGetSocket([NotNullWhen(true)] out Socket? socket)
    {
        socket = null;
        return _stream.IsDrained && _inner.TryGetSocket(out socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false); // first: how to close its stream is the connection's business
        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
