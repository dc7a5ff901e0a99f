using System.Threading.Channels;
using GostNet.Testing;

namespace GostNet.Tests.Transports;

/// <summary>A session without a wire: a connection that one side opens is accepted on the other.</summary>
internal sealed class FakeMultiplexSession : IMultiplexSession
{
    private readonly Channel<IConnection> _opened = Channel.CreateUnbounded<IConnection>();
    private readonly Channel<IConnection> _offered = Channel.CreateUnbounded<IConnection>();
    private readonly List<InMemoryConnection> _streams = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => _completion.Task;

    public Exception? Failure { get; private set; }

    public bool CanOpen => !Completion.IsCompleted && !IsFull;

    /// <summary>Whether no further connection can be opened.</summary>
    public bool IsFull { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>How many connections were opened.</summary>
    public int Opened { get; private set; }

    /// <summary>Makes the session end in the middle of opening the next connection.</summary>
    public bool EndsWhenOpened { get; set; }

    /// <summary>Makes of the near end what opening yields.</summary>
    public Func<InMemoryConnection, IConnection> Opening { get; init; } = near => near;

    /// <summary>Makes the next connections fail to open.</summary>
    public int Failures { get; set; }

    public ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        if (EndsWhenOpened)
        {
            End();
        }

        lock (_streams)
        {
            if (Completion.IsCompleted || Failures-- > 0)
            {
                throw new IOException("No connection can be opened.");
            }

            _streams.Add(near);
            Opened++;
        }

        _opened.Writer.TryWrite(far);
        return new(Opening(near));
    }

    public async ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) =>
        await NextAsync(_offered, cancellationToken);

    /// <summary>The client's side of the next connection that the server opened; <see langword="null"/> once the session has
    /// ended.</summary>
    public async Task<IConnection?> NextAsync() => await NextAsync(_opened, default);

    /// <summary>The client opens a connection of its own.</summary>
    public InMemoryConnection Offer() => Offer(far => far);

    /// <summary>The same, and what accepting yields is made of the far end.</summary>
    public InMemoryConnection Offer(Func<InMemoryConnection, IConnection> accepting)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        _offered.Writer.TryWrite(accepting(far));
        return near;
    }

    /// <summary>The carrier ends, or breaks.</summary>
    public void End(Exception? error = null)
    {
        lock (_streams)
        {
            Failure ??= error;
            _completion.TrySetResult();
            _streams.ForEach(stream => stream.Abort());
        }

        _opened.Writer.TryComplete();
        _offered.Writer.TryComplete();
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        End();
        return ValueTask.CompletedTask;
    }

    private static async Task<IConnection?> NextAsync(Channel<IConnection> channel, CancellationToken cancellationToken) =>
        await channel.Reader.WaitToReadAsync(cancellationToken) && channel.Reader.TryRead(out IConnection? connection) ? connection : null;
}
