using System.Net;

namespace GostNet.Transports;

/// <summary>A connection of a <see cref="SharedSession"/>, which hears when it is closed.</summary>
internal sealed class SharedConnection(IConnection inner, SharedSession session) : IConnection
{
    private int _disposed;

    public Stream Stream => inner.Stream;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Whether nothing more can be opened over the session below, so that another one may do better.</summary>
    public bool IsSpent => !session.CanOpen;

    /// <summary>The connection as the session made it.</summary>
    public IConnection Inner => inner;

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

    public void Abort() => inner.Abort();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            await inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            session.Leave();
        }
    }
}
