using System.Threading.Tasks.Sources;

namespace GostNet.Internal;

/// <summary>What arrives on a stream of a session: what is held unread, and the read that waits for more.</summary>
/// <remarks>A read gives what has arrived, then the fault if there is one, then the end. The gate is never held together with the session's.
/// </remarks>
internal sealed class StreamInput(IStreamInputOwner owner) : IValueTaskSource<int>
{
    private readonly ReceiveBuffer _received = new();
    private ManualResetValueTaskSourceCore<int> _reading = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private StreamFault? _fault;
    private Memory<byte> _readInto;
    private int _readCount;
    private bool _isReading;
    private bool _endSeen;

    /// <summary>Guards what arrives.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Why nothing more can be read, or <see langword="null"/>.</summary>
    public StreamFault? Fault => Volatile.Read(ref _fault);

    /// <summary>Whether the peer has ended its direction.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>How many bytes are held unread.</summary>
    public int Held => _received.Length;

    /// <summary>How many bytes the application has not been given yet. The caller holds the gate.</summary>
    public int Unread => _received.Length + _readCount;

    /// <summary>Whether the session's read loop is to call <see cref="Wake"/>; its own note.</summary>
    public bool IsToBeWoken { get; set; }

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        int count = 0;
        int credit = 0;
        bool isEnd = false;
        ValueTask<int>? waiting = null;
        lock (Gate)
        {
            if (_isReading)
            {
                throw new InvalidOperationException("Another read is in flight.");
            }

            if (_received.Length > 0)
            {
                count = _received.Read(buffer.Span);
                credit = owner.Consume(count);
            }
            else if (_fault is { } fault)
            {
                return ValueTask.FromException<int>(fault.ToException());
            }
            else if (HasEnded)
            {
                isEnd = !_endSeen;
                _endSeen = true;
            }
            else
            {
                _readInto = buffer;
                _readCount = 0;
                _isReading = true;
                _reading.Reset();
                waiting = new(this, _reading.Version);
            }
        }

        if (waiting is { } reading)
        {
            if (cancellationToken.CanBeCanceled)
            {
                _cancellation = cancellationToken.UnsafeRegister(
                    static (self, cancelled) => ((StreamInput)self!).Cancel(cancelled), this);
            }

            return reading;
        }

        if (count > 0)
        {
            owner.OnRead(count, credit);
        }

        if (isEnd)
        {
            owner.OnReadToEnd();
        }

        return new(count);
    }

    /// <summary>Takes data: straight into the buffer of a waiting reader if there is one, else into the stream's own. The caller holds the
    /// gate, and has seen to it that the data is wanted.</summary>
    /// <returns>How many bytes the stream's own buffer took.</returns>
    public int Append(ReadOnlySpan<byte> data)
    {
        if (_isReading)
        {
            int count = Math.Min(data.Length, _readInto.Length - _readCount);
            data[..count].CopyTo(_readInto.Span[_readCount..]);
            data = data[count..];
            _readCount += count;
        }

        _received.Append(data);
        return data.Length;
    }

    /// <summary>Ends a waiting read if there is something to tell. The read loop calls it once for many frames.</summary>
    /// <returns>What the peer is to be allowed, or 0.</returns>
    public int Wake()
    {
        lock (Gate)
        {
            if (!_isReading)
            {
                return 0;
            }

            if (_readCount > 0)
            {
                int count = _readCount; // it went straight to the reader, and was never held
                FinishRead();
                _reading.SetResult(count);
                return owner.Consume(count);
            }

            if (_received.Length > 0)
            {
                FinishRead();
                _reading.SetResult(0);
                return 0;
            }

            if (_fault is { } fault)
            {
                FinishRead();
                _reading.SetException(fault.ToException());
                return 0;
            }

            if (!HasEnded)
            {
                return 0;
            }

            _endSeen = true;
        }

        owner.OnReadToEnd(); // what the reader does next finds the stream settled
        lock (Gate)
        {
            if (_isReading)
            {
                FinishRead();
                _reading.SetResult(0);
            }
        }

        return 0;
    }

    /// <summary>Notes the end of the peer's direction. What has arrived can still be read. The caller wakes the reader.</summary>
    /// <returns>False if it is not the first.</returns>
    public bool End()
    {
        lock (Gate)
        {
            bool isFirst = !HasEnded;
            HasEnded = true;
            return isFirst;
        }
    }

    /// <summary>Unless the peer had ended its direction, a failure follows what has arrived. The caller wakes the reader.</summary>
    public void Fail(StreamFault fault)
    {
        lock (Gate)
        {
            if (!HasEnded)
            {
                _fault ??= fault;
            }
        }
    }

    /// <summary>Reads nothing more, and drops what is held.</summary>
    /// <returns>How many bytes that was.</returns>
    public int Close(StreamFault fault)
    {
        lock (Gate)
        {
            _fault ??= fault;
            if (_isReading)
            {
                FinishRead();
                _reading.SetException(fault.ToException());
            }

            return _received.Clear();
        }
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _cancellation.Dispose(); // waits for a cancellation that is under way, so that it cannot meet the next read
        _cancellation = default;
        return _reading.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (_isReading && _readCount == 0)
            {
                FinishRead();
                _reading.SetException(new OperationCanceledException(cancellationToken));
            }
        }
    }

    /// <summary>The caller gives the result.</summary>
    private void FinishRead()
    {
        _isReading = false;
        _readInto = default;
        _readCount = 0;
    }
}
