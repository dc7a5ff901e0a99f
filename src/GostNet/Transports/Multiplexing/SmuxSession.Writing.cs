using System.Buffers;
using System.Runtime.CompilerServices;
using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What leaves.</content>
/// <remarks>Whoever has something to send and finds nobody sending, sends the first batch himself: a short message costs no change of
/// thread. If that has to wait, or there is more, the write loop takes over. Between them <see cref="_isWriterBusy"/> is passed on like a
/// baton.</remarks>
internal sealed partial class SmuxSession
{
    // A batch is full at this size. The frame that fills it may be longer, for frames are not cut by where they stand.
    private const int BatchSize = 64 * 1024;

    private readonly Queue<ControlFrame> _control = [];
    private readonly Queue<SmuxConnection> _updates = [];
    private readonly Queue<SmuxConnection> _ready = [];
    private readonly LoopSignal _writerSignal = new();
    private ValueTask _writeInFlight;
    private byte[]? _batch;
    private int _batchLength;
    private long _writeStarted;
    private bool _isWriterBusy;
    private bool _isNopDue;
    private bool _isHelloAsked;
    private bool _isHelloSent;

    private bool HasWork => _control.Count > 0 || _updates.Count > 0 || _ready.Count > 0 || _isNopDue || (_isHelloAsked && !_isHelloSent);

    /// <summary>Queues a stream that has a frame to send. The caller holds the gate, and calls <see cref="Flush"/> without it.</summary>
    internal void Offer(SmuxConnection stream)
    {
        if (!_isEnded)
        {
            _ready.Enqueue(stream);
        }
    }

    /// <summary>Tells the peer how much was read of a stream.</summary>
    internal void SendUpdate(SmuxConnection stream, bool flush = true)
    {
        lock (Gate)
        {
            if (!_isEnded && !stream.IsUpdateQueued)
            {
                stream.IsUpdateQueued = true;
                _updates.Enqueue(stream);
            }
        }

        if (flush)
        {
            Flush();
        }
        else
        {
            _isFlushDue = true;
        }
    }

    /// <summary>Sends what there is, or leaves it to who is sending. The caller holds no lock.</summary>
    internal void Flush()
    {
        lock (Gate)
        {
            if (_isWriterBusy)
            {
                return;
            }

            if (!TryFillBatch())
            {
                Rest();
                return;
            }

            _isWriterBusy = true;
        }

        ValueTask write = WriteBatchAsync();
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult(); // hands a pooled source back
            lock (Gate)
            {
                if (!_isEnded && !HasWork)
                {
                    Rest();
                    return;
                }
            }

            write = ValueTask.CompletedTask;
        }

        _writeInFlight = write;
        _writerSignal.Set();
    }

    private async Task WriteLoopAsync()
    {
        do
        {
            await _writerSignal.WaitAsync().ConfigureAwait(false);
            try
            {
                int inOneGo = 0;
                ValueTask write = _writeInFlight;
                _writeInFlight = default;
                await write.ConfigureAwait(false);
                while (TryGoOn())
                {
                    inOneGo += _batchLength;
                    await WriteBatchAsync().ConfigureAwait(false);
                    if (inOneGo >= FairShare)
                    {
                        inOneGo = 0;
                        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    }
                }
            }
            catch (Exception e)
            {
                End(CarrierFailed(e));
            }
        }
        while (!Volatile.Read(ref _isEnded));

        lock (Gate)
        {
            ReleaseBatch();
        }
    }

    /// <returns>Whether there is another batch; if not, the baton is free, unless the session has ended.</returns>
    private bool TryGoOn()
    {
        lock (Gate)
        {
            if (TryFillBatch())
            {
                return true;
            }

            if (!_isEnded)
            {
                Rest();
            }

            return false;
        }
    }

    private void Rest()
    {
        _isWriterBusy = false;
        ReleaseBatch();
        if (_isClosing && _finsOwed == 0)
        {
            _drained.TrySetResult();
        }
    }

    private void CheckDrained()
    {
        lock (Gate)
        {
            if (!_isWriterBusy && !HasWork && _finsOwed == 0)
            {
                _drained.TrySetResult();
            }
        }
    }

    private void ReleaseBatch()
    {
        if (_batch is not null)
        {
            ArrayPool<byte>.Shared.Return(_batch);
            _batch = null;
        }
    }

    /// <summary>Fills a batch: control frames first, then a frame of each stream in turn. The caller holds the gate.</summary>
    private bool TryFillBatch()
    {
        if (_isEnded || !HasWork || _drained.Task.IsCompleted)
        {
            return false;
        }

        byte[] batch = _batch ??= ArrayPool<byte>.Shared.Rent(BatchSize + Options.MaxFrameSize + (2 * SmuxCodec.MaxControlLength));
        int position = 0;
        if ((Options.AnnounceHalfClose || _isHelloAsked) && !_isHelloSent)
        {
            _isHelloSent = true;
            position += SmuxCodec.WriteHeader(batch, new(_version, SmuxCommand.Nop, 0, HalfCloseMark));
        }

        while (position < BatchSize && _control.TryDequeue(out ControlFrame frame))
        {
            position += SmuxCodec.WriteHeader(batch.AsSpan(position), new(_version, frame.Command, 0, frame.StreamId));
            frame.Opening?.Opened();
        }

        while (position < BatchSize && _updates.TryDequeue(out SmuxConnection? stream))
        {
            stream.IsUpdateQueued = false;
            position += SmuxCodec.WriteUpdate(
                batch.AsSpan(position), _version, stream.Id, stream.Reported, (uint)Options.StreamBuffer);
        }

        if (_isNopDue)
        {
            _isNopDue = false;
            position += SmuxCodec.WriteHeader(batch.AsSpan(position), new(_version, SmuxCommand.Nop, 0, 0));
        }

        while (position < BatchSize && _ready.TryDequeue(out SmuxConnection? stream))
        {
            position += stream.TakeFrame(batch.AsSpan(position));
        }

        _batchLength = position;
        return position > 0;
    }

    /// <summary>Sends the batch. What fails at once fails the session here.</summary>
    private ValueTask WriteBatchAsync()
    {
        try
        {
            ValueTask write = _carrier.Stream.WriteAsync(_batch.AsMemory(0, _batchLength));
            if (!write.IsCompletedSuccessfully)
            {
                return FinishAsync(write);
            }

            write.GetAwaiter().GetResult();
            Task flush = _carrier.Stream.FlushAsync();
            return flush.IsCompletedSuccessfully ? ValueTask.CompletedTask : FinishAsync(new(flush));
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask write)
    {
        lock (Gate)
        {
            _writeStarted = Time.GetTimestamp();
            StartTicking();
        }

        await write.ConfigureAwait(false);
        await _carrier.Stream.FlushAsync().ConfigureAwait(false);
        lock (Gate)
        {
            _writeStarted = 0;
        }
    }

    /// <summary>A frame that is nothing but a header.</summary>
    /// <param name="Command">What it says.</param>
    /// <param name="StreamId">The stream.</param>
    /// <param name="Opening">The stream that is opened by it, if it is.</param>
    private readonly record struct ControlFrame(SmuxCommand Command, uint StreamId, SmuxConnection? Opening);
}
