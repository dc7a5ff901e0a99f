using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace GostNet.Transports.WebSockets;

/// <content>What arrives.</content>
internal sealed partial class WebSocketConnection
{
    /// <summary>How many pings a second are answered (transports, section 11).</summary>
    public const int MaxPingsPerSecond = 100;

    private const int ReadBufferLength = 32 * 1024;

    // With less room than this a read goes through the buffer: that saves a system call for each header.
    private const int DirectReadLength = 4 * 1024;

    private const int Idle = 0;
    private const int Reading = 1;
    private const int Closed = 2;

    private readonly WebSocketFrameReader _frames;
    private readonly WebSocketInflater? _inflater;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _readState;
    private bool _isReadable;
    private bool _isMessageEnd;
    private bool _readsEnded;
    private ForwardException? _readFault;
    private long _pingSecond;
    private int _pings;

    /// <summary>Whether the message that is being read is compressed. For the <see cref="WebSocketInflater"/>.</summary>
    public bool IsMessageCompressed => _frames.IsMessageCompressed;

    /// <summary>Reads what is there, or waits for it; a read of no bytes waits too, and holds no buffer meanwhile.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        switch (Interlocked.CompareExchange(ref _readState, Reading, Idle))
        {
            case Reading:
                throw new InvalidOperationException("Another read is in flight.");
            case not Idle:
                throw new ObjectDisposedException(nameof(WebSocketStream));
        }

        int count = 0;
        try
        {
            ValueTask<int> reading = _inflater is null
                ? ReadPayloadAsync(destination, cancellationToken)
                : _inflater.ReadAsync(destination, cancellationToken);
            if (!reading.IsCompletedSuccessfully)
            {
                return EndReadAsync(reading);
            }

            count = reading.GetAwaiter().GetResult();
        }
        catch
        {
            EndRead(0);
            throw;
        }

        EndRead(count);
        return new(count);
    }

    /// <summary>Reads payload as it is. Where messages may be compressed, nothing is read beyond the end of a message, and 0 may be that
    /// end: see <see cref="TakeMessageEnd"/>.</summary>
    public ValueTask<int> ReadPayloadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryReadArrived(destination.Span, out int count))
            {
                return new(count);
            }

            ReadKind kind = ChooseRead(destination);
            ValueTask<int> reading = ReadCarrierAsync(kind, destination, cancellationToken);
            if (!reading.IsCompletedSuccessfully)
            {
                return WaitForPayloadAsync(reading, kind, destination, cancellationToken);
            }

            if (TryTakeCarrier(kind, reading.GetAwaiter().GetResult(), destination.Span, out count))
            {
                return new(count);
            }
        }
    }

    /// <summary>Whether the last read stopped at the end of a message; the next one reads on.</summary>
    public bool TakeMessageEnd()
    {
        bool isEnd = _isMessageEnd;
        _isMessageEnd = false;
        return isEnd;
    }

    /// <summary>The peer broke the protocol: tells it so, if it still listens, and fails this and all further reads and writes.</summary>
    public ForwardException Fail(int closeCode, string what)
    {
        ForwardException fault = new(ForwardError.ProtocolError, $"The WebSocket's peer sent {what}.");
        _readFault = fault;
        lock (_gate)
        {
            _writeFault ??= fault;
            QueueClose(closeCode);
            StopDraining();
        }

        SendDue();
        return fault;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> EndReadAsync(ValueTask<int> reading)
    {
        int count = 0;
        try
        {
            return count = await reading.ConfigureAwait(false);
        }
        finally
        {
            EndRead(count);
        }
    }

    private void EndRead(int count)
    {
        if (count > 0 && _isDraining)
        {
            Volatile.Write(ref _lastData, _time.GetTimestamp());
        }

        if (_start == _end)
        {
            ReleaseBuffer();
        }

        if (Interlocked.CompareExchange(ref _readState, Idle, Reading) != Reading)
        {
            ReleaseReading(); // it was closed meanwhile
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitForPayloadAsync(
        ValueTask<int> reading, ReadKind kind, Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = await reading.ConfigureAwait(false);
            if (TryTakeCarrier(kind, length, destination.Span, out int count) || TryReadArrived(destination.Span, out count))
            {
                return count;
            }

            kind = ChooseRead(destination);
            reading = ReadCarrierAsync(kind, destination, cancellationToken);
        }
    }

    /// <summary>Reads what is in the buffer, or what has ended the stream.</summary>
    private bool TryReadArrived(Span<byte> destination, out int count)
    {
        count = 0;
        if (_start < _end)
        {
            count = Decode(_buffer.AsSpan(_start, _end - _start), destination, out int consumed);
            _start += consumed;
            _isReadable = false;
            if (count > 0 || (destination.IsEmpty && _frames.IsInPayload))
            {
                return true;
            }
        }

        if (_readFault is { } fault)
        {
            throw new ForwardException(fault.Error, fault.Message, fault);
        }

        return _readsEnded || _isMessageEnd;
    }

    private ReadKind ChooseRead(Memory<byte> destination) =>
        destination.IsEmpty && !_isReadable ? ReadKind.Wait
        : destination.Length >= DirectReadLength && _inflater is null ? ReadKind.Direct
        : ReadKind.Buffer;

    private ValueTask<int> ReadCarrierAsync(ReadKind kind, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (kind != ReadKind.Buffer)
        {
            ReleaseBuffer();
            return _inner.ReadAsync(destination, cancellationToken);
        }

        _buffer ??= ArrayPool<byte>.Shared.Rent(ReadBufferLength);
        (_start, _end) = (0, 0);
        return _inner.ReadAsync(_buffer.AsMemory(0, ReadBufferLength), cancellationToken);
    }

    /// <summary>Takes what a read of the connection below has brought.</summary>
    /// <returns>Whether that ends the read.</returns>
    private bool TryTakeCarrier(ReadKind kind, int length, Span<byte> destination, out int count)
    {
        count = 0;
        if (kind == ReadKind.Wait)
        {
            _isReadable = true;
            return _frames.IsInPayload; // more of it has come, or the end
        }

        _isReadable = false;
        if (length == 0)
        {
            EndOfCarrier();
        }
        else if (kind == ReadKind.Buffer)
        {
            _end = length;
        }
        else
        {
            // The payload takes the place of the frames that it came in.
            count = Decode(destination[..length], destination, out _);
        }

        return count > 0;
    }

    /// <summary>Takes payload out of frames and sees to the frames that are about the connection.</summary>
    private int Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed)
    {
        consumed = 0;
        int written = 0;
        while (!_readsEnded && !_isMessageEnd)
        {
            WebSocketEvent reason = _frames.Read(source[consumed..], destination[written..], out int taken, out int count);
            consumed += taken;
            written += count;
            switch (reason)
            {
                case WebSocketEvent.Control:
                    if (!HandleControl(_frames.ControlOpcode, _frames.ControlPayload))
                    {
                        consumed = source.Length;
                        return written;
                    }

                    break;
                case WebSocketEvent.MessageEnd:
                    _isMessageEnd = true;
                    break;
                case WebSocketEvent.Fault:
                    Fail(WebSocketCloseCode.ProtocolError, _frames.Fault!);
                    consumed = source.Length;
                    return written;
                case WebSocketEvent.NeedMoreRoom:
                case WebSocketEvent.NeedMoreData:
                    return written;
                default:
                    throw new UnreachableException();
            }
        }

        return written;
    }

    /// <returns>Whether anything behind it counts.</returns>
    private bool HandleControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case WebSocketOpcode.Ping:
                if (_pings == 0 || _time.GetElapsedTime(_pingSecond) >= TimeSpan.FromSeconds(1))
                {
                    (_pingSecond, _pings) = (_time.GetTimestamp(), 0);
                }

                if (++_pings > MaxPingsPerSecond)
                {
                    Fail(WebSocketCloseCode.PolicyViolation, $"more than {MaxPingsPerSecond} pings within a second");
                    return false;
                }

                QueuePong(payload);
                return true;
            case WebSocketOpcode.Pong:
                if (!_settings.KinshipAnswer.IsEmpty && payload.SequenceEqual(_settings.KinshipAnswer.Span))
                {
                    PeerKnowsHalfClose();
                }

                return true;
            default:
                HandleClose(payload);
                return false;
        }
    }

    private void HandleClose(ReadOnlySpan<byte> payload)
    {
        int code = payload.Length < 2 ? WebSocketCloseCode.None : (payload[0] << 8) | payload[1];
        if (payload.Length == 1 || (payload.Length > 1 && !WebSocketCloseCode.IsValid(code)))
        {
            Fail(WebSocketCloseCode.ProtocolError, "a Close with a bad code");
            return;
        }

        if (payload.Length > 2 && !Utf8.IsValid(payload[2..]))
        {
            Fail(WebSocketCloseCode.InvalidData, "a Close with a reason that is not UTF-8");
            return;
        }

        _readsEnded = true;
        PeerEnded(code);
    }

    private void EndOfCarrier()
    {
        if (!_frames.IsBetweenFrames)
        {
            _readFault = new(ForwardError.ConnectionClosed, "The WebSocket's peer ended the connection within a frame.");
        }

        _readsEnded = true;
        PeerEnded(null);
    }

    private void Prepend(ReadOnlySpan<byte> arrived)
    {
        if (!arrived.IsEmpty)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(ReadBufferLength); // a head is shorter
            arrived.CopyTo(_buffer);
            _end = arrived.Length;
        }
    }

    private void ReleaseBuffer()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <returns>Whether no read is in flight, which would release what it uses itself.</returns>
    private bool TryCloseReading() => Interlocked.Exchange(ref _readState, Closed) == Idle;

    private void ReleaseReading()
    {
        ReleaseBuffer();
        (_start, _end) = (0, 0);
        _inflater?.Dispose();
    }

    /// <summary>How the connection below is read.</summary>
    private enum ReadKind
    {
        /// <summary>It is waited until there is something.</summary>
        Wait,

        /// <summary>Into the buffer.</summary>
        Buffer,

        /// <summary>To where the payload is to be.</summary>
        Direct,
    }
}
