using System.Net;

namespace GostNet.Transports;

/// <summary>A connection of a <see cref="SharedSession"/>, which hears when it is closed.</summary>
internal class SharedConnection(IConnection inner, SharedSession session) : IConnection
{
    /// <summary>Wraps a connection that was opened here.</summary>
    public static SharedConnection Opened(IConnection inner, SharedSession session) =>
        inner is IRequestingConnection requesting ? new Requesting(requesting, session) : new SharedConnection(inner, session);

    /// <summary>Wraps a connection that the other side opened.</summary>
    public static SharedConnection Accepted(IConnection inner, SharedSession session) =>
        inner is IRequestedConnection requested ? new Requested(requested, session) : new SharedConnection(inner, session);

    private int _disposed;

    public Stream Stream => inner.Stream;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Whether nothing more can be opened over the session below, so that another one may do better.</summary>
    public bool IsSpent => !session.CanOpen;

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

    private sealed class Requesting(IRequestingConnection inner, SharedSession session) : SharedConnection(inner, session), IRequestingConnection
    {
        public ValueTask<ResponseHead> RequestAsync(RequestHead request, CancellationToken cancellationToken) =>
            inner.RequestAsync(request, cancellationToken);
    }

    private sealed class Requested(IRequestedConnection inner, SharedSession session) : SharedConnection(inner, session), IRequestedConnection
    {
        public RequestHead Request => inner.Request;

        public void Respond(ResponseHead response, bool isLast) => inner.Respond(response, isLast);
    }
}
