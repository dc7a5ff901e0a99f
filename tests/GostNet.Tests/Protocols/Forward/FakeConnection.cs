using System.Net;
using GostNet.Testing;

namespace GostNet.Tests.Protocols.Forward;

/// <summary>A connection of a session without a wire.</summary>
internal abstract class FakeConnection(InMemoryConnection near) : IConnection
{
    public Stream Stream => near.Stream;

    public EndPoint? LocalEndPoint => near.LocalEndPoint;

    public EndPoint? RemoteEndPoint => near.RemoteEndPoint;

    public bool IsAborted => near.IsAborted;

    public bool IsDisposed => near.IsDisposed;

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => near.CompleteWritesAsync(cancellationToken);

    public void Abort() => near.Abort();

    public ValueTask DisposeAsync() => near.DisposeAsync();
}
