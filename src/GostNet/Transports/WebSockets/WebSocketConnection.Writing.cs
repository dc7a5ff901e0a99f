using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace GostNet.Transports.WebSockets;

/// <content>What leaves.</content>
internal sealed partial class WebSocketConnection
{
    // One write to the connection below carries as many messages as there is data for, up to this.
    private const int WriteLength = 64 * 1024;

    // Whoever's turn it is writes to the connection below. A write of data may wait for it.
    private bool _isTurnTaken;
    private TaskCompletionSource? _turnAwaited;
    private readonly WebSocketDeflater? _deflater;
    private readonly TaskCompletionSource _closeSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _dueFrame;
    private byte[]? _pong;
    private int _pongLength = -1;
    private int _closeCode;
    private bool _isCloseDue;
    private bool _isClosing;
    private bool _isBroken;
    private bool _isWriting;
    private Exception? _writeFault;
    private Task _sendingDue = Task.CompletedTask;

    /// <summary>Whether something besides data can be sent. The caller holds the gate.</summary>
    private bool HasDue => !_isBroken && !_isClosing && (_pongLength >= 0 || (_isCloseDue && !_isWriting));

    /// <summary>Sends data, as one message or several. Header and payload go out in one write.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        Task? turn = BeginWrite();
        if (turn is not null || data.Length > WriteLength)
        {
            return WriteInPiecesAsync(turn, data, cancellationToken);
        }

        try
        {
            ValueTask writing = WriteMessagesAsync(data, cancellationToken);
            if (!writing.IsCompletedSuccessfully)
            {
                return EndWriteAsync(writing);
            }

            writing.GetAwaiter().GetResult();
        }
        catch
        {
            EndWrite();
            throw;
        }

        EndWrite();
        return ValueTask.CompletedTask;
    }

    public Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteInPiecesAsync(Task? turn, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            if (turn is not null)
            {
                await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            while (!data.IsEmpty)
            {
                if (Volatile.Read(ref _writeFault) is { } fault)
                {
                    throw new IOException(fault.Message, fault);
                }

                int count = Math.Min(data.Length, WriteLength);
                await WriteMessagesAsync(data[..count], cancellationToken).ConfigureAwait(false);
                data = data[count..];
                if (!data.IsEmpty)
                {
                    await SendDueAsync().ConfigureAwait(false); // a pong need not wait for all of it
                }
            }
        }
        finally
        {
            EndWrite();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EndWriteAsync(ValueTask writing)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>Sends so much data as fits into one write to the connection below.</summary>
    private ValueTask WriteMessagesAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (data.IsEmpty)
        {
            return ValueTask.CompletedTask;
        }

        int messages = ((data.Length - 1) / _settings.MaxMessageSize) + 1;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(data.Length + (messages * WebSocketCodec.MaxHeaderLength));
        try
        {
            int length = WriteMessages(buffer, data.Span);
            ValueTask writing = _inner.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            if (!writing.IsCompletedSuccessfully)
            {
                return WaitForMessagesAsync(writing, buffer);
            }

            writing.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Break(e);
            throw;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForMessagesAsync(ValueTask writing, byte[] buffer)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Break(e); // a part of a message may be out; and somebody may still look at the buffer, so the pool does not get it
            throw;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private int WriteMessages(Span<byte> destination, ReadOnlySpan<byte> data)
    {
        int position = 0;
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> message = data[..Math.Min(data.Length, _settings.MaxMessageSize)];
            data = data[message.Length..];
            WebSocketHeader header = HeaderOf(WebSocketOpcode.Binary);
            if (_deflater is null)
            {
                position += WebSocketCodec.WriteFrame(destination[position..], header, message);
                continue;
            }

            bool isShorter = _deflater.TryCompress(message, out ReadOnlySpan<byte> compressed);
            position += isShorter
                ? WebSocketCodec.WriteFrame(destination[position..], header with { Reserved = WebSocketHeader.Compressed }, compressed)
                : WebSocketCodec.WriteFrame(destination[position..], header, message);
        }

        _deflater?.Rest();
        return position;
    }

    private WebSocketHeader HeaderOf(WebSocketOpcode opcode) => new(opcode, 0, _settings.IsServer ? null : WebSocketMask.Next());

    /// <returns>What to wait for, if it is somebody else's turn.</returns>
    private Task? BeginWrite()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(WebSocketStream));
            if (_writesEnded)
            {
                throw new IOException("The write direction has ended.");
            }

            if (_writeFault is { } fault)
            {
                throw new IOException(fault.Message, fault);
            }

            if (_isWriting)
            {
                throw new InvalidOperationException("Another write is in flight.");
            }

            _isWriting = true;
            if (!_isTurnTaken)
            {
                _isTurnTaken = true;
                return null;
            }

            _turnAwaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _turnAwaited.Task;
        }
    }

    private void EndWrite()
    {
        lock (_gate)
        {
            _isWriting = false;
            _isTurnTaken = _turnAwaited is not null; // it is somebody else's still if this one gave up
            _turnAwaited = null;
        }

        SendDue();
    }

    /// <summary>Nothing more can be sent.</summary>
    private void Break(Exception fault)
    {
        lock (_gate)
        {
            _isBroken = true;
            _writeFault ??= fault;
            _pongLength = -1;
            StopDraining();
            if (_closeSent.TrySetException(fault as IOException ?? new IOException("A write of the WebSocket failed.", fault)))
            {
                _ = _closeSent.Task.Exception; // it may be that nobody waits
            }
        }
    }

    /// <summary>Has a ping answered. Only the last one counts if there are several (RFC 6455, section 5.5.3).</summary>
    private void QueuePong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            _pong ??= new byte[WebSocketCodec.MaxControlLength];
            payload.CopyTo(_pong);
            _pongLength = payload.Length;
        }

        SendDue();
    }

    /// <summary>Has Close sent, after a write that is in flight. The caller holds the gate.</summary>
    /// <returns>Ends once it is sent.</returns>
    private Task QueueClose(int code)
    {
        if (!_isCloseDue && !_isClosing && !_isBroken)
        {
            _closeCode = code;
            _isCloseDue = true;
        }

        return _closeSent.Task;
    }

    /// <summary>Sends what is due, if it is nobody's turn. Otherwise whoever's it is does so at its end.</summary>
    private void SendDue()
    {
        if (TryTakeTurnToSendDue())
        {
            Volatile.Write(ref _sendingDue, SendDueInTurnAsync());
        }
    }

    private bool TryTakeTurnToSendDue()
    {
        lock (_gate)
        {
            if (_isTurnTaken || !HasDue)
            {
                return false;
            }

            _isTurnTaken = true;
            return true;
        }
    }

    private async Task SendDueInTurnAsync()
    {
        do
        {
            try
            {
                await SendDueAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The next write fails for the same reason, and says so.
            }
            finally
            {
                PassTurn();
            }
        }
        while (TryTakeTurnToSendDue());
    }

    private void PassTurn()
    {
        lock (_gate)
        {
            _isTurnTaken = _turnAwaited is not null;
            _turnAwaited?.SetResult();
            _turnAwaited = null;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendDueAsync()
    {
        while (TakeDue(out bool isClose) is { IsEmpty: false } frame)
        {
            try
            {
                await _inner.WriteAsync(frame, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Break(e);
                throw;
            }

            if (isClose)
            {
                _closeSent.TrySetResult();
            }
        }
    }

    private ReadOnlyMemory<byte> TakeDue(out bool isClose)
    {
        isClose = false;
        lock (_gate)
        {
            if (!HasDue)
            {
                return default;
            }

            _dueFrame ??= new byte[WebSocketCodec.MaxHeaderLength + WebSocketCodec.MaxControlLength];
            if (_pongLength >= 0)
            {
                int pongLength = _pongLength;
                _pongLength = -1;
                return _dueFrame.AsMemory(
                    0, WebSocketCodec.WriteFrame(_dueFrame, HeaderOf(WebSocketOpcode.Pong), _pong.AsSpan(0, pongLength)));
            }

            isClose = true;
            (_isCloseDue, _isClosing) = (false, true);
            Span<byte> payload = stackalloc byte[sizeof(ushort)];
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)_closeCode);
            payload = _closeCode == WebSocketCloseCode.None ? [] : payload;
            return _dueFrame.AsMemory(0, WebSocketCodec.WriteFrame(_dueFrame, HeaderOf(WebSocketOpcode.Close), payload));
        }
    }
}
