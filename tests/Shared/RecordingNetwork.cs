using System.Collections.Concurrent;
using System.Net;
using GostNet.Testing;

namespace GostNet.Tests.Shared;

/// <summary>An in-memory network that keeps what it handed out, so that a test can see whether all of it was given back.</summary>
internal sealed class RecordingNetwork(InMemoryNetwork inner) : INetwork, IDialer, IDatagramDialer
{
    private readonly ConcurrentQueue<IListener> _listeners = new();
    private readonly ConcurrentQueue<InMemoryConnection> _connections = new();
    private readonly ConcurrentQueue<IDatagramSocket> _datagramSockets = new();
    private readonly TaskCompletionSource _listenerClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IDialer Dialer => this;

    public IDatagramDialer DatagramDialer => this;

    /// <summary>The listeners that were handed out, for tests that close them behind a forward's back.</summary>
    public IReadOnlyCollection<IListener> Listeners => _listeners;

    /// <summary>The connections that were handed out, for tests that break them.</summary>
    public IReadOnlyCollection<InMemoryConnection> Connections => _connections;

    /// <summary>Ends once a listener was closed.</summary>
    public Task ListenerClosed => _listenerClosed.Task;

    /// <summary>Precedes each attempt to listen.</summary>
    public Func<CancellationToken, Task>? BeforeListening { get; set; }

    /// <summary>Whether attempts to listen take no notice of their cancellation.</summary>
    public bool ListensRegardless { get; set; }

    /// <summary>How many of the next receives of datagram listeners fail.</summary>
    public int FailReceives { get; set; }

    /// <summary>What sends of dialled datagram sockets fail with.</summary>
    public IOException? SendFailure { get; set; }

    public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        CancellationToken stop = ListensRegardless ? CancellationToken.None : cancellationToken;
        await (BeforeListening?.Invoke(stop) ?? Task.CompletedTask);
        var listener = new Listener(await inner.ListenAsync(endPoint, stop), this);
        _listeners.Enqueue(listener);
        return listener;
    }

    public async ValueTask<IDatagramListener> ListenDatagramsAsync(
        HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        new DatagramListener(await inner.ListenDatagramsAsync(endPoint, cancellationToken), this);

    public ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        inner.ResolveAsync(endPoint, cancellationToken);

    async ValueTask<IConnection> IDialer.DialAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        IConnection connection = await inner.Dialer.DialAsync(target, cancellationToken);
        _connections.Enqueue((InMemoryConnection)connection);
        return connection;
    }

    async ValueTask<IDatagramSocket> IDatagramDialer.DialAsync(HostEndPoint target, CancellationToken cancellationToken)
    {
        IDatagramSocket socket = await inner.DatagramDialer.DialAsync(target, cancellationToken);
        _datagramSockets.Enqueue(socket);
        return new DatagramSocket(socket, this);
    }

    /// <summary>Fails if something that was handed out is still open.</summary>
    public async Task AssertAllClosedAsync()
    {
        Assert.All(_connections, connection => Assert.True(connection.IsDisposed));
        foreach (IDatagramSocket socket in _datagramSockets)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => socket.SendAsync(default).AsTask());
        }
    }

    private sealed class Listener(IListener inner, RecordingNetwork network) : IListener
    {
        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            IConnection? connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null)
            {
                network._connections.Enqueue((InMemoryConnection)connection);
            }

            return connection;
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            network._listenerClosed.TrySetResult();
        }
    }

    private sealed class DatagramListener(IDatagramListener inner, RecordingNetwork network) : IDatagramListener
    {
        public EndPoint LocalEndPoint => inner.LocalEndPoint;

        public ValueTask<int> ReceiveFromAsync(Memory<byte> buffer, SocketAddress source, CancellationToken cancellationToken = default) =>
            network.FailReceives-- > 0
                ? ValueTask.FromException<int>(new IOException("Nothing can be received just now."))
                : inner.ReceiveFromAsync(buffer, source, cancellationToken);

        public ValueTask SendToAsync(
            ReadOnlyMemory<byte> datagram, SocketAddress destination, CancellationToken cancellationToken = default) =>
            inner.SendToAsync(datagram, destination, cancellationToken);

        public SocketAddress CreateAddress() => inner.CreateAddress();

        public EndPoint GetEndPoint(SocketAddress address) => inner.GetEndPoint(address);

        public SocketAddress GetAddress(IPEndPoint endPoint) => inner.GetAddress(endPoint);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class DatagramSocket(IDatagramSocket inner, RecordingNetwork network) : IDatagramSocket
    {
        public EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public ValueTask WaitToReceiveAsync(CancellationToken cancellationToken = default) => inner.WaitToReceiveAsync(cancellationToken);

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReceiveAsync(buffer, cancellationToken);

        public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken = default) =>
            network.SendFailure is { } failure ? ValueTask.FromException(failure) : inner.SendAsync(datagram, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
