using System.Threading.Tasks.Sources;
using GostNet.Internal;

namespace GostNet.Ssh.Sessions;

/// <content>What arrives.</content>
internal sealed partial class SshChannel
{
    private readonly Lock _readGate = new();
    private readonly ReceiveBuffer _received = new();
    private ManualResetValueTaskSourceCore<int> _reading;
    private CancellationTokenRegistration _readCancellation;
    private Memory<byte> _readInto;
    private int _readCount;
    private bool _isReading;
    private bool _peerEnded;
    private StreamFault? _peerFault;
    private bool _endSeen;
    private long _lastRead;
    private int _reservedWindow;
    private ReceiveWindow _window;

    // What the peer is to be allowed with the next adjust.
    private int _creditDue;

    /// <summary>Whether the read loop is to call <see cref="Wake"/>; its own note.</summary>
    public bool IsToBeWoken { get; set; }

    /// <summary>How many bytes are held unread.</summary>
    public int Held => _received.Length;

    /// <summary>The size of the receive window, in bytes.</summary>
    public int WindowSize { get { lock (_readGate) { return _window.Size; } } }

    /// <summary>What of the connection's budget this channel takes, in bytes.</summary>
    public int ReservedWindow => Volatile.Read(ref _reservedWindow);

    /// <summary>When something was read last, once the peer has ended its direction.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        int count = 0;
        bool isCreditDue = false;
        bool isEnd = false;
        StreamFault? fault = null;
        ValueTask<int>? waiting = null;
        lock (_readGate)
        {
            if (_isReading)
            {
                throw new InvalidOperationException("Another read is in flight.");
            }

            if (_received.Length > 0)
            {
                count = _received.Read(buffer.Span);
                isCreditDue = Consume(count);
            }
            else if (_fault is not null)
            {
                return ValueTask.FromException<int>(_fault.ToException());
            }
            else if (_peerEnded)
            {
                isEnd = !_endSeen;
                _endSeen = true;
                fault = _peerFault;
            }
            else
            {
                _readInto = buffer;
                _readCount = 0;
                _isReading = true;
                _reading.RunContinuationsAsynchronously = !_connection.RunsInline;
                _reading.Reset();
                waiting = new(this, _reading.Version);
            }
        }

        if (waiting is { } reading)
        {
            if (cancellationToken.CanBeCanceled)
            {
                _readCancellation = cancellationToken.UnsafeRegister(
                    static (self, cancelled) => ((SshChannel)self!).CancelRead(cancelled), this);
            }

            return reading;
        }

        if (isCreditDue)
        {
            _connection.SendCredit(this, flush: true);
        }

        if (isEnd)
        {
            ReadToEnd();
        }

        return fault is null ? new(count) : ValueTask.FromException<int>(fault.ToException());
    }

    /// <summary>Takes data: straight into the buffer of a waiting reader if there is one, else into the channel's own.</summary>
    /// <param name="data">The data of a packet.</param>
    /// <returns>False if the peer has sent more than the window allows, or after its end.</returns>
    public bool TryReceive(ReadOnlySpan<byte> data)
    {
        lock (_readGate)
        {
            if (_fault is not null)
            {
                return true; // the peer does not know yet that nobody reads
            }

            if (_peerEnded || !_window.TryReceive(data.Length))
            {
                return false;
            }

            if (_isReading)
            {
                int count = Math.Min(data.Length, _readInto.Length - _readCount);
                data[..count].CopyTo(_readInto.Span[_readCount..]);
                data = data[count..];
                _readCount += count;
            }

            _received.Append(data);
            return true;
        }
    }

    /// <summary>Takes data that nobody wants: it is as good as read.</summary>
    /// <param name="count">How many bytes.</param>
    /// <param name="isCreditDue">Whether the peer is to be told.</param>
    /// <returns>False if the peer has sent more than the window allows, or after its end.</returns>
    public bool TrySkip(int count, out bool isCreditDue)
    {
        lock (_readGate)
        {
            isCreditDue = false;
            if (_fault is not null)
            {
                return true;
            }

            if (_peerEnded || !_window.TryReceive(count))
            {
                return false;
            }

            isCreditDue = Consume(count);
            return true;
        }
    }

    /// <summary>Notes the peer's EOF, or its CLOSE. The read loop wakes the reader.</summary>
    /// <param name="fault">What follows on the data if this is the first; the end of the stream if <see langword="null"/>.</param>
    /// <returns>False if it is not the first.</returns>
    public bool EndReading(StreamFault? fault)
    {
        lock (_readGate)
        {
            bool isFirst = !_peerEnded;
            _peerFault = isFirst ? fault : _peerFault;
            _peerEnded = true;
            return isFirst;
        }
    }

    /// <summary>What the peer is to be told that it may send more; 0 if nothing.</summary>
    public int TakeCredit() => Interlocked.Exchange(ref _creditDue, 0);

    /// <summary>Ends a waiting read if there is something to tell. The read loop calls it once for many packets. The caller holds no
    /// lock.</summary>
    public void Wake()
    {
        int count = 0;
        bool isCreditDue = false;
        bool isEnd = false;
        lock (_readGate)
        {
            if (!_isReading)
            {
                return;
            }

            if (_readCount > 0)
            {
                count = _readCount; // it went straight to the reader, and was never held
                isCreditDue = Consume(count);
                FinishRead();
            }
            else if (_received.Length > 0)
            {
                FinishRead();
            }
            else if (_fault is { } fault)
            {
                FailRead(fault.ToException());
                return;
            }
            else if (_peerEnded)
            {
                isEnd = _endSeen = true;
            }
            else
            {
                return;
            }
        }

        if (isCreditDue)
        {
            _connection.SendCredit(this, flush: false);
        }

        if (isEnd)
        {
            ReadToEnd(); // what the reader does next finds the channel settled
            lock (_readGate)
            {
                if (!_isReading)
                {
                    return;
                }

                FinishRead();
            }
        }

        if (isEnd && _peerFault is { } peerFault)
        {
            _reading.SetException(peerFault.ToException());
        }
        else
        {
            _reading.SetResult(count);
        }
    }

    /// <summary>The connection is over. What arrived can still be read; unless the peer had ended the channel, a failure follows.</summary>
    public void ConnectionEnded(StreamFault fault)
    {
        lock (_readGate)
        {
            if (!_peerEnded)
            {
                _fault ??= fault;
            }
        }

        Wake();
        lock (_connection.Gate)
        {
            _refusal ??= fault;
            _isReadToEnd |= _fault is not null;
            FailWrite(fault.ToException());
            _connection.Settle(this);
        }

        if (Opening is { } opening && opening.TrySetException(fault.ToException()))
        {
            _ = opening.Task.Exception; // nobody may be waiting
        }
    }

    /// <summary>Drops what arrives: nobody will read it.</summary>
    public void IgnoreData()
    {
        CloseReading(StreamFault.Disposed);
        ReadToEnd();
    }

    private void CloseReading(StreamFault fault)
    {
        bool isWaiting;
        lock (_readGate)
        {
            _fault ??= fault;
            _received.Clear();
            isWaiting = _isReading;
            FinishRead();
        }

        if (isWaiting)
        {
            _reading.SetException(fault.ToException());
        }
    }

    /// <summary>Counts what the application has taken. The caller holds the read gate.</summary>
    /// <returns>Whether the peer is to be told.</returns>
    private bool Consume(int count)
    {
        if (_peerEnded)
        {
            Volatile.Write(ref _lastRead, _connection.Time.GetTimestamp());
            return false;
        }

        if (count == 0 || !_window.Take(count) || _fault is not null)
        {
            return false;
        }

        long now = _connection.Time.GetTimestamp();
        int credit = _window.Credit(now, _connection.RoundTrip, _connection.MinRatePeriod, out bool isTight);
        if (isTight && _connection.TryReserveWindow(_window.Size, _window.Size) is > 0 and var more)
        {
            _window.Grow(more);
            Volatile.Write(ref _reservedWindow, _window.Size);
            credit += more;
        }

        Interlocked.Add(ref _creditDue, credit);
        return true;
    }

    private void ReadToEnd()
    {
        lock (_connection.Gate)
        {
            _isReadToEnd = true;
            _connection.Settle(this);
        }
    }

    private void CancelRead(CancellationToken cancellationToken)
    {
        lock (_readGate)
        {
            if (_isReading && _readCount == 0)
            {
                FailRead(new OperationCanceledException(cancellationToken));
            }
        }
    }

    /// <summary>The caller holds the read gate.</summary>
    private void FailRead(Exception error)
    {
        FinishRead();
        _reading.RunContinuationsAsynchronously = true; // there is a lock
        _reading.SetException(error);
    }

    /// <summary>The caller holds the read gate, and gives the result.</summary>
    private void FinishRead()
    {
        _isReading = false;
        _readInto = default;
        _readCount = 0;
    }
}
