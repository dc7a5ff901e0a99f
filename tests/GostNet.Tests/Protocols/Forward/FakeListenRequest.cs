using System.Net;
using System.Threading.Channels;
using GostNet.Testing;

namespace GostNet.Tests.Protocols.Forward;

/// <summary>A client that wants to listen. The other end of <paramref name="near"/> ends when it does not want to any more.</summary>
internal sealed class FakeListenRequest(InMemoryConnection near, params HostEndPoint[] endPoints) : FakeConnection(near), IListenRequest
{
    private readonly TaskCompletionSource<int> _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<(IConnection, EndPoint?)> _opened = Channel.CreateUnbounded<(IConnection, EndPoint?)>();

    private readonly Channel<bool> _offers = Channel.CreateUnbounded<bool>();
    private int _offered;
    private int _pending;

    public IReadOnlyList<HostEndPoint> EndPoints => endPoints;

    /// <summary>The port, once the client was told.</summary>
    public Task<int> Confirmed => _confirmed.Task;

    public ForwardError? Refusal { get; private set; }

    /// <summary>Whether the client answers when connections are opened to it.</summary>
    public TaskCompletionSource? Holding { get; set; }

    /// <summary>How many connections the client refuses next.</summary>
    public int Refusals { get; set; }

    /// <summary>How many connections it was offered.</summary>
    public int Offered => Volatile.Read(ref _offered);

    /// <summary>How many connections waited for its answer at the same time.</summary>
    public int MostPending { get; private set; }

    public void Confirm(int port) => _confirmed.TrySetResult(port);

    public void Refuse(ForwardError reason) => Refusal = reason;

    public async ValueTask<IConnection> OpenAsync(EndPoint? peer, CancellationToken cancellationToken = default)
    {
        MostPending = Math.Max(MostPending, Interlocked.Increment(ref _pending));
        Interlocked.Increment(ref _offered);
        _offers.Writer.TryWrite(true);
        try
        {
            await (Holding?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }

        if (Refusals > 0)
        {
            Refusals--;
            throw new IOException("The client does not want it.");
        }

        (InMemoryConnection server, InMemoryConnection client) = InMemoryConnection.CreatePair();
        _opened.Writer.TryWrite((client, peer));
        return server;
    }

    /// <summary>Waits until it was offered so many more connections.</summary>
    public async Task OfferedAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await _offers.Reader.ReadAsync();
        }
    }

    /// <summary>The client's end of the next connection, and who it is from.</summary>
    public async Task<(IConnection Connection, EndPoint? Peer)> NextAsync() => await _opened.Reader.ReadAsync();
}
