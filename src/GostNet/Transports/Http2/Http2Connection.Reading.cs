using System.Threading.Tasks.Sources;
using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <content>What arrives.</content>
internal sealed partial class Http2Connection
{
    private readonly Lock _readGate = new();
    private readonly ReceiveBuffer _received = new();
    private ManualResetValueTaskSourceCore<int> _reading = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _readCancellation;
    private Memory<byte> _readInto;
    private int _readCount;
    private bool _isReading;
    private bool _peerEnded;

    // What the peer may still send, and what was read of it and not allowed again.
    private int _receiveWindow;
    private int _uncredited;

    /// <summary>Whether the read loop is to call <see cref="Wake"/>; its own note.</summary>
    public bool IsToBeWoken { get; set; }

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        int count;
        int credit;
        lock (_readGate)
        {
            if (_isReading)
            {
                throw new InvalidOperationException("Another read is in flight.");
            }

            if (_received.Length == 0)
            {
                return _fault is { } fault ? ValueTask.FromException<int>(fault.ToException())
                    : _peerEnded ? new(0)
                    : Wait(buffer, cancellationToken);
            }

            count = _received.Read(buffer.Span);
            credit = Consume(count);
        }

        _session.ReturnHeld(count);
        if (credit > 0)
        {
            _session.SendStreamCredit(this, credit, flush: true);
        }

        return new(count);
    }

    /// <summary>Takes the length of a frame off the window.</summary>
    /// <returns>False if the window does not allow it.</returns>
    public bool MayReceive(int count)
    {
        lock (_readGate)
        {
            _receiveWindow -= count;
            return _receiveWindow >= 0;
        }
    }

    /// <summary>Takes data: straight into the buffer of a waiting reader if there is one, else into the stream's own.</summary>
    /// <param name="data">Some or all of a frame's data.</param>
    /// <param name="kept">How many bytes the stream's own buffer took.</param>
    /// <returns>False if the data was dropped, because this end has said that it wants no more.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out int kept)
    {
        kept = 0;
        lock (_readGate)
        {
            if (_fault is not null)
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
            kept = data.Length;
            return true;
        }
    }

    /// <summary>Takes padding, which is as good as read.</summary>
    /// <returns>What is to be allowed the peer, or 0.</returns>
    public int SkipPadding(int count)
    {
        lock (_readGate)
        {
            return Consume(count);
        }
    }

    /// <summary>Notes the end of the peer's direction. The read loop wakes the reader.</summary>
    public void PeerEnded()
    {
        EndReading(fault: null);
        lock (_session.Gate)
        {
            HasPeerEnded = true;
            Settle();
        }
    }

    /// <summary>Takes RST_STREAM. What has arrived can still be read. The read loop wakes the reader.</summary>
    public void PeerReset(Http2ErrorCode code)
    {
        StreamFault fault = new($"The peer has reset the stream ({code}).");
        bool isClean = code is Http2ErrorCode.NoError or Http2ErrorCode.Cancel;
        EndReading(isClean ? null : fault);
        _response?.TrySetException(new ForwardException(
            code == Http2ErrorCode.Http11Required ? ForwardError.ProtocolError : ForwardError.ConnectionClosed,
            $"The HTTP/2 peer has reset the stream in place of an answer ({code})."));
        EndWriting(fault, isClean);
    }

    /// <summary>The stream ended otherwise than by its peer's wish, and nobody need be told. What arrived can still be read; unless the
    /// peer had ended the stream, a failure follows.</summary>
    public void Fail(StreamFault fault)
    {
        EndReading(fault);
        Wake();
        _response?.TrySetException(new ForwardException(ForwardError.ConnectionClosed, fault.Message!, fault.Cause));
        EndWriting(fault, isClean: false);
    }

    /// <summary>Ends a waiting read if there is something to tell. The read loop calls it once for many frames.</summary>
    /// <returns>What is to be allowed the peer, or 0.</returns>
    public int Wake()
    {
        lock (_readGate)
        {
            if (!_isReading)
            {
                return 0;
            }

            if (_readCount > 0)
            {
                int count = _readCount; // it went straight to the reader, and was never held
                int credit = Consume(count);
                FinishRead();
                _reading.SetResult(count);
                return credit;
            }

            if (_received.Length > 0 || (_peerEnded && _fault is null))
            {
                FinishRead();
                _reading.SetResult(0);
            }
            else if (_fault is { } fault)
            {
                FinishRead();
                _reading.SetException(fault.ToException());
            }

            return 0;
        }
    }

    private ValueTask<int> Wait(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _readInto = buffer;
        _readCount = 0;
        _isReading = true;
        _reading.Reset();
        ValueTask<int> waiting = new(this, _reading.Version);
        if (cancellationToken.CanBeCanceled)
        {
            _readCancellation = cancellationToken.UnsafeRegister(
                static (self, cancelled) => ((Http2Connection)self!).CancelRead(cancelled), this);
        }

        return waiting;
    }

    private void EndReading(StreamFault? fault)
    {
        lock (_readGate)
        {
            if (fault is null)
            {
                _peerEnded = true;
            }
            else if (!_peerEnded)
            {
                _fault ??= fault;
            }
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

        _response?.TrySetCanceled();
        _session.ReturnHeld(dropped);
    }

    /// <summary>Counts what the application has read. The caller holds the read gate.</summary>
    /// <returns>What the peer is to be allowed: nothing until it is half of the window.</returns>
    private int Consume(int count)
    {
        _uncredited += count;
        if (_uncredited < _session.Profile.StreamWindow / 2 || _peerEnded || _fault is not null)
        {
            return 0;
        }

        int credit = _uncredited;
        _receiveWindow += credit;
        _uncredited = 0;
        return credit;
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
