using System.Threading.Tasks.Sources;

namespace GostNet.Internal;

/// <summary>What leaves on a stream of a session: the write in flight, and the stream's place among those that have a frame to send.
/// </summary>
/// <remarks>It is guarded by the writer's gate, which callers hold except where it is said otherwise. What is written is not copied before
/// its turn: a write is done when its last byte lies in a batch.</remarks>
internal sealed class StreamOutput(IStreamOutputOwner owner, BatchWriter writer) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _writing = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private ReadOnlyMemory<byte> _unsent;
    private bool _isWriting;

    /// <summary>Whether a write is in flight.</summary>
    public bool IsWriting => _isWriting;

    /// <summary>How many bytes of it are still to be sent.</summary>
    public int Unsent => _unsent.Length;

    /// <summary>Whether the stream waits for its turn. It is over when its frame is asked for.</summary>
    public bool IsOffered { get; set; }

    /// <summary>Sends everything. The caller holds no lock.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        ValueTask written;
        lock (writer.Gate)
        {
            if (owner.FindRefusal() is { } refusal)
            {
                return ValueTask.FromException(refusal);
            }

            if (data.IsEmpty)
            {
                return ValueTask.CompletedTask;
            }

            written = Begin(data);
            Offer();
        }

        writer.Flush();
        CancelBy(cancellationToken);
        return written;
    }

    /// <summary>Begins a write, which the caller offers.</summary>
    public ValueTask Begin(ReadOnlyMemory<byte> data)
    {
        if (_isWriting)
        {
            throw new InvalidOperationException("Another write is in flight.");
        }

        _isWriting = true;
        _unsent = data;
        _writing.Reset();
        return new(this, _writing.Version);
    }

    /// <summary>Lets a token cancel the write that has just begun. Some of it may be sent by then; the rest never is. The caller holds no
    /// lock.</summary>
    public void CancelBy(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && Volatile.Read(ref _isWriting))
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (self, cancelled) => ((StreamOutput)self!).Cancel(cancelled), this);
        }
    }

    /// <summary>Puts the next bytes of the write into a frame. It is done with the last of them.</summary>
    /// <param name="destination">As much room as there are to be bytes.</param>
    public void Take(Span<byte> destination)
    {
        _unsent.Span[..destination.Length].CopyTo(destination);
        _unsent = _unsent[destination.Length..];
        if (_unsent.IsEmpty)
        {
            FinishWrite();
            _writing.SetResult(true);
        }
    }

    /// <summary>Ends a write in flight that has nothing to send.</summary>
    public void Finish()
    {
        if (_isWriting)
        {
            FinishWrite();
            _writing.SetResult(true);
            Offer();
        }
    }

    /// <summary>Ends a write in flight, and drops what is still to be sent of it.</summary>
    public void Fail(Exception error)
    {
        if (_isWriting)
        {
            FinishWrite();
            _writing.SetException(error);
            Offer();
        }
    }

    /// <summary>Has the stream queued if it has a frame to send, and is not queued yet.</summary>
    public void Offer()
    {
        if (owner.HasFrame && !IsOffered)
        {
            IsOffered = true;
            owner.OnOffer();
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Dispose(); // waits for a cancellation that is under way, so that it cannot meet the next write
        _cancellation = default;
        _writing.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _writing.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _writing.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (writer.Gate)
        {
            Fail(new OperationCanceledException(cancellationToken));
        }

        writer.Flush();
    }

    /// <summary>The caller gives the result.</summary>
    private void FinishWrite()
    {
        _isWriting = false;
        _unsent = default;
    }
}
