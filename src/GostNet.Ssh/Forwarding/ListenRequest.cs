using System.Net;
using GostNet.Internal;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>A client's <c>tcpip-forward</c>, for as long as its port is listened at.</summary>
internal sealed class ListenRequest : IListenRequest
{
    private readonly GlobalRequest _request;
    private readonly ISshConnection _connection;
    private readonly ForwardingServerSettings _settings;
    private readonly Action<ListenRequest> _forget;
    private readonly string _address;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _wantsAnyPort;
    private int _port;
    private int _isAnswered;

    /// <summary>Makes a request that is not answered yet.</summary>
    /// <param name="request">What the client sent.</param>
    /// <param name="connection">The connection to it.</param>
    /// <param name="address">Where it wants to listen, as it wrote it.</param>
    /// <param name="port">The port; 0 for any.</param>
    /// <param name="endPoints">Where it may.</param>
    /// <param name="settings">Tells of the connection below.</param>
    /// <param name="forget">Is called when the request is over, perhaps more than once.</param>
    public ListenRequest(
        GlobalRequest request,
        ISshConnection connection,
        string address,
        int port,
        IReadOnlyList<HostEndPoint> endPoints,
        ForwardingServerSettings settings,
        Action<ListenRequest> forget)
    {
        _request = request;
        _connection = connection;
        _address = address;
        _port = port;
        _wantsAnyPort = port == 0;
        _settings = settings;
        _forget = forget;
        EndPoints = endPoints;
        Stream = new WaitStream(_ended.Task);
    }

    public IReadOnlyList<HostEndPoint> EndPoints { get; }

    /// <summary>Carries nothing, and ends when the client wants to listen no more, or is gone.</summary>
    public Stream Stream { get; }

    public EndPoint? LocalEndPoint => _settings.LocalEndPoint;

    public EndPoint? RemoteEndPoint => _settings.RemoteEndPoint;

    /// <summary>The port; 0 if the client left it open, and it is not known yet.</summary>
    public int Port => Volatile.Read(ref _port);

    /// <summary>Whether the client wants to listen no more, and it may still be listened.</summary>
    public bool IsEnding => _ended.Task.IsCompleted;

    /// <summary>Ends when nothing listens any more.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Whether it is what the client means by that address and port.</summary>
    public bool IsFor(string address, uint port) => !IsEnding && port != 0 && port == (uint)Port && address == _address;

    /// <summary>The client wants to listen no more, or is gone.</summary>
    public void End() => _ended.TrySetResult();

    public void Confirm(int port)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) != 0)
        {
            throw new IOException("The request was answered or given up already.");
        }

        if (_connection.Completion.IsCompleted)
        {
            throw new IOException("The SSH connection has ended.");
        }

        Volatile.Write(ref _port, port);
        _request.Answer(isDone: true, _wantsAnyPort ? ForwardingCodec.WritePort(port) : []);
    }

    public void Refuse(ForwardError reason)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0)
        {
            _request.Answer(isDone: false);
        }

        Release();
    }

    public async ValueTask<IConnection> OpenAsync(EndPoint? peer, CancellationToken cancellationToken = default) =>
        await _connection.OpenChannelAsync(
            ForwardingCodec.ForwardedTcpip, ForwardingCodec.WriteOpening(_address, Port, peer), cancellationToken).ConfigureAwait(false);

    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Ends what waits for the client.</summary>
    public void Abort() => End();

    /// <summary>Nothing listens any more.</summary>
    public ValueTask DisposeAsync()
    {
        Refuse(ForwardError.Unknown);
        return Stream.DisposeAsync();
    }

    private void Release()
    {
        End();
        _forget(this);
        _gone.TrySetResult();
    }

    private sealed class WaitStream(Task ended) : UnseekableStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            return 0;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("There is nobody to read it.");
    }
}
