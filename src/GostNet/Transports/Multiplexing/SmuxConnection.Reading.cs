using System.Threading.Tasks.Sources;
using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What arrives.</content>
internal sealed partial class SmuxConnection
{
    private readonly Lock _readGate = new();
    private readonly ReceiveBuffer _received = new();
    private ManualResetValueTaskSourceCore<int> _reading = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _readCancellation;
    private Memory<byte> _readInto;
    private int _readCount;
    private bool _isReading;
    private bool _peerEnded;
    private bool _endSeen;
    private long _lastRead;

    // Version 2, modulo 2^32: what was read, how much of it since the last report, and what that report says.
    private uint _consumed;
    private uint _unreported;
    private uint _reported;

    /// <summary>How many bytes are held unread.</summary>
    public int Held => _received.Length;

    /// <summary>When something was read last.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>How much was read, for the next window update.</summary>
    public uint Reported => Volatile.Read(ref _reported);

    /// <summary>Whether the read loop is to call <see cref="Wake"/>; its own note.</summary>
    public bool IsToBeWoken { get; set; }

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        int count = 0;
        bool isUpdateDue = false;
        bool isEnd = false;
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
                isUpdateDue = Consume(count);
            }
            else if (_fault is { } fault)
            {
                return ValueTask.FromException<int>(fault.ToException());
            }
            else if (_peerEnded)
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
                _readCancellation = cancellationToken.UnsafeRegister(
                    static (self, cancelled) => ((SmuxConnection)self!).CancelRead(cancelled), this);
            }

            return reading;
        }

        _session.ReturnTokens(count);
        if (isUpdateDue)
        {
            _session.SendUpdate(this);
        }

        if (isEnd)
        {
            ReadToEnd();
        }

        return new(count);
    }

    /// <summary>Whether a frame of so many bytes keeps to the window that the peer was given (smux, section 11). Version 2 only.</summary>
    /// <remarks>What is held is what was sent less what was read. The peer may not know of the latest reading yet; it then sends less.
    /// </remarks>
    public bool MayReceive(int count, int limit)
    {
        lock (_readGate)
        {
            return _fault is not null || _peerEnded || (long)_received.Length + _readCount + count <= limit;
        }
    }

    /// <summary>Takes data: straight into the buffer of a waiting reader if there is one, else into the stream's own.</summary>
    /// <param name="data">Some or all of a frame's data.</param>
    /// <param name="kept">How many bytes the stream's own buffer took.</param>
    /// <param name="isUpdateDue">Whether a window update is due.</param>
    /// <returns>False if the data was dropped, because either end has said that there is to be no more.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out int kept, out bool isUpdateDue)
    {
        kept = 0;
        isUpdateDue = false;
        lock (_readGate)
        {
            if (_peerEnded)
            {
                return false;
            }

            if (_fault is not null)
            {
                isUpdateDue = Consume(data.Length); // else a peer that does not know yet would wait for its window for ever
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
            kept = data.Length;
            return true;
        }
    }

    /// <summary>Notes the peer's FIN.</summary>
    /// <returns>False if it is not the first.</returns>
    public bool ReceiveEnd()
    {
        lock (_readGate)
        {
            bool isFirst = !_peerEnded;
            _peerEnded = true;
            return isFirst;
        }
    }

    /// <summary>Ends a waiting read if there is something to tell. The read loop calls it once for many frames.</summary>
    /// <returns>Whether a window update is due.</returns>
    public bool Wake()
    {
        lock (_readGate)
        {
            if (!_isReading)
            {
                return false;
            }

            if (_readCount > 0)
            {
                int count = _readCount; // it went straight to the reader, and was never held
                FinishRead();
                _reading.SetResult(count);
                return Consume(count);
            }

            if (_received.Length > 0)
            {
                FinishRead();
                _reading.SetResult(0);
                return false;
            }

            if (_fault is { } fault)
            {
                FinishRead();
                _reading.SetException(fault.ToException());
                return false;
            }

            if (!_peerEnded)
            {
                return false;
            }

            _endSeen = true;
        }

        ReadToEnd(); // what the reader does next finds the stream settled
        lock (_readGate)
        {
            if (_isReading)
            {
                FinishRead();
                _reading.SetResult(0);
            }
        }

        return false;
    }

    /// <summary>The session is over. What arrived can still be read; unless the peer had ended the stream, a failure follows.</summary>
    public void SessionEnded(StreamFault fault)
    {
        lock (_readGate)
        {
            if (!_peerEnded)
            {
                _fault ??= fault;
            }
        }

        Wake();
        lock (_session.Gate)
        {
            _peerIsGone = fault;
            FailWrite(fault.ToException());
            _session.Settle(this);
        }
    }

    private void CloseReading(StreamFault fault)
    {
        int dropped;
        lock (_readGate)
        {
            _fault ??= fault;
            dropped = _received.Clear();
            if (_isReading)
            {
                FinishRead();
                _reading.SetException(fault.ToException());
            }
        }

        _session.ReturnTokens(dropped);
    }

    /// <summary>Counts what the application has read. The caller holds the read gate.</summary>
    /// <returns>Whether the peer is to be told: after the first reading, and after each half window (smux, section 7).</returns>
    private bool Consume(int count)
    {
        if (count == 0)
        {
            return false;
        }

        Volatile.Write(ref _lastRead, _session.Time.GetTimestamp());
        _consumed = unchecked(_consumed + (uint)count);
        _unreported = unchecked(_unreported + (uint)count);
        bool isDue = _session.Options.Version == 2
            && (_consumed == (uint)count || _unreported >= (uint)(_session.Options.StreamBuffer / 2));
        if (isDue)
        {
            _unreported = 0;
            Volatile.Write(ref _reported, _consumed);
        }

        return isDue;
    }

    private void ReadToEnd()
    {
        lock (_session.Gate)
        {
            IsReadToEnd = true;
            _session.Settle(this);
        }
    }

    private void CancelRead(CancellationToken cancellationToken)
    {
        lock (_readGate)
        {
            if (_isReading && _readCount == 0)
            {
                FinishRead();
                _reading.SetException(new OperationCanceledException(cancellationToken));
            }
        }
    }

    /// <summary>The caller holds the read gate, and gives the result.</summary>
    private void FinishRead()
    {
        _isReading = false;
        _readInto = default;
        _readCount = 0;
    }
}
