namespace GostNet.Transports.Http2;

/// <summary>A session of one connection, which is the whole of what lies below. It ends when that connection is closed.</summary>
internal sealed class SingleSession : IMultiplexSession
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Connection _connection;
    private int _isTaken;

    public SingleSession(IConnection carrier) => _connection = new(carrier, _ended);

    public Task Completion => _ended.Task;

    public Exception? Failure => null;

    public bool CanOpen => false;

    public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken) =>
        ValueTask.FromException<IConnection>(new IOException("The client does not speak HTTP/2, and has no streams."));

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            return _connection;
        }

        await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        return null;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private sealed class Connection(IConnection inner, TaskCompletionSource ended) : IConnection
    {
        public Stream Stream => inner.Stream;

        public System.Net.EndPoint? LocalEndPoint => inner.LocalEndPoint;

        public System.Net.EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => inner.CompleteWritesAsync(cancellationToken);

        public void Abort() => inner.Abort();

        public bool TryGetSocket([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out System.Net.Sockets.Socket? socket) =>
            inner.TryGetSocket(out socket);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await inner.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                ended.TrySetResult();
            }
        }
    }
}
