using System.Net;

namespace GostNet.Transports;

/// <summary>A connection of a <see cref="SharedSession"/>, which hears when it is closed.</summary>
internal class SharedConnection(IConnection inner, SharedSession session) : IConnection
{
    /// <summary>Wraps a connection that was opened here.</summary>
    public static SharedConnection Opened(IConnection inner, SharedSession session) => inner switch
    {
        IRequestingConnection requesting => new Requesting(requesting, session),
        IForwardingConnection forwarding => new Forwarding(forwarding, session),
        _ => new SharedConnection(inner, session),
    };

    /// <summary>Wraps a connection that the other side opened.</summary>
    public static SharedConnection Accepted(IConnection inner, SharedSession session) => inner switch
    {
        IRequestedConnection requested => new Requested(requested, session),
        IConnectRequest request => new ConnectRequest(request, session),
        IListenRequest request => new ListenRequest(request, session),
        _ => new SharedConnection(inner, session),
    };

    private int _disposed;

    public Stream Stream => inner.Stream;

    public EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    /// <summary>Whether nothing more can be opened over the session below, so that another one may do better.</summary>
    public bool IsSpent => !session.CanOpen;

    private SharedSession Session => session;

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

    private sealed class Forwarding(IForwardingConnection inner, SharedSession session) : SharedConnection(inner, session), IForwardingConnection
    {
        public ValueTask ConnectAsync(HostEndPoint target, CancellationToken cancellationToken) =>
            inner.ConnectAsync(target, cancellationToken);

        public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken) =>
            new Listener(await inner.ListenAsync(endPoint, cancellationToken).ConfigureAwait(false), Session);
    }

    /// <summary>What arrives at it are connections of the session, and may outlive it.</summary>
    private sealed class Listener(IListener inner, SharedSession session) : IListener
    {
        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) =>
            session.AcceptAsync(inner.AcceptAsync, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class ConnectRequest(IConnectRequest inner, SharedSession session) : SharedConnection(inner, session), IConnectRequest
    {
        public HostEndPoint Target => inner.Target;

        public void Confirm() => inner.Confirm();

        public void Refuse(ForwardError reason) => inner.Refuse(reason);
    }

    private sealed class ListenRequest(IListenRequest inner, SharedSession session) : SharedConnection(inner, session), IListenRequest
    {
        public IReadOnlyList<HostEndPoint> EndPoints => inner.EndPoints;

        public void Confirm(int port) => inner.Confirm(port);

        public void Refuse(ForwardError reason) => inner.Refuse(reason);

        public ValueTask<IConnection> OpenAsync(EndPoint? peer, CancellationToken cancellationToken) =>
            Session.OpenAsync(stop => inner.OpenAsync(peer, stop), cancellationToken);
    }
}
