using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
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

    /// <summary>Ends once a listener was closed.</summary>
    public Task ListenerClosed => _listenerClosed.Task;

    /// <summary>Precedes each attempt to listen.</summary>
    public Func<CancellationToken, Task>? BeforeListening { get; set; }

    /// <summary>Whether attempts to listen take no notice of their cancellation.</summary>
    public bool ListensRegardless { get; set; }

    public async ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default)
    {
        CancellationToken stop = ListensRegardless ? CancellationToken.None : cancellationToken;
        await (BeforeListening?.Invoke(stop) ?? Task.CompletedTask);
        var listener = new Listener(await inner.ListenAsync(endPoint, stop), this);
        _listeners.Enqueue(listener);
        return listener;
    }

    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        inner.ListenDatagramsAsync(endPoint, cancellationToken);

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
        return socket;
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
}
