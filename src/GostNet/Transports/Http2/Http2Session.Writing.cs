using System.Buffers;
using System.Runtime.CompilerServices;
using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <content>What leaves.</content>
/// <remarks>Whoever has something to send and finds nobody sending, sends the first batch himself: a short message costs no change of
/// thread. If that has to wait, or there is more, the write loop takes over. Between them <see cref="_isWriterBusy"/> is passed on like a
/// baton.</remarks>
internal sealed partial class Http2Session
{
    // A batch is full at this size. The frame that fills it may be longer.
    private const int BatchSize = 64 * 1024;

    // The longest payload of DATA, if the peer allows it.
    private const int MaxDataSize = 32 * 1024;

    // What may wait for a peer that makes this end answer and does not read.
    private const int MaxPendingControl = 256 * 1024;

    private const int FirstControlSize = 512;

    private readonly Queue<Http2Connection> _ready = [];
    private readonly Queue<Http2Connection> _blocked = [];
    private readonly LoopSignal _writerSignal = new();
    private byte[] _control = new byte[FirstControlSize];
    private int _controlStart;
    private int _controlEnd;
    private ValueTask _writeInFlight;
    private byte[]? _batch;
    private int _batchLength;
    private bool _isWriterBusy;
    private bool _mustGiveUpTable;

    // What the peer has said.
    private long _sendWindow = Http2Codec.DefaultWindow;
    private int _peerStreamWindow = Http2Codec.DefaultWindow;
    private int _peerMaxFrameSize = Http2Codec.MinMaxFrameSize;
    private uint _peerMaxStreams = uint.MaxValue;

    private bool HasWork => _controlEnd > 0 || _ready.Count > 0;

    private int DataSize => Math.Min(MaxDataSize, _peerMaxFrameSize);

    /// <summary>Queues a stream that has a frame to send. The caller holds the gate, and calls <see cref="Flush"/> without it.</summary>
    internal void Offer(Http2Connection stream)
    {
        if (!_isEnded)
        {
            _ready.Enqueue(stream);
        }
    }

    /// <summary>Queues the head of a stream. The caller holds the gate.</summary>
    internal void SendHeaders(uint streamId, ReadOnlySpan<HeaderField> fields, Http2FrameFlags flags)
    {
        // Heads of this end are short: none needs CONTINUATION.
        byte[] block = ArrayPool<byte>.Shared.Rent(HpackEncoder.MaxLength(fields) + 1);
        int length = 0;
        if (_mustGiveUpTable)
        {
            _mustGiveUpTable = false;
            block[length++] = HpackEncoder.NoTable;
        }

        length += HpackEncoder.Write(block.AsSpan(length), fields);
        Span<byte> frame = ReserveControl(Http2Codec.HeaderLength + length);
        Http2Codec.WriteHeader(frame, new(length, Http2FrameType.Headers, flags | Http2FrameFlags.EndHeaders, streamId));
        block.AsSpan(0, length).CopyTo(frame[Http2Codec.HeaderLength..]);
        ArrayPool<byte>.Shared.Return(block, clearArray: true);
    }

    /// <summary>Queues RST_STREAM. The caller holds the gate.</summary>
    internal void SendReset(uint streamId, Http2ErrorCode code) =>
        Http2Codec.WriteReset(ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), streamId, code);

    /// <summary>Allows the peer more data of a stream that it has not ended.</summary>
    internal void SendStreamCredit(Http2Connection stream, int count, bool flush)
    {
        lock (Gate)
        {
            if (stream.IsListed && !stream.HasPeerEnded)
            {
                Http2Codec.WriteWindowUpdate(ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), stream.Id, count);
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

    /// <summary>Queues what a session begins with, before anything else can be.</summary>
    private void SendGreeting()
    {
        if (Profile.Role == Http2Role.Client)
        {
            Http2Codec.Preface.CopyTo(ReserveControl(Http2Codec.Preface.Length));
        }

        Http2Codec.WriteSettings(
            ReserveControl(Http2Codec.HeaderLength + (Profile.Settings.Length * Http2Codec.SettingLength)), Profile.Settings);
        Http2Codec.WriteWindowUpdate(
            ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), 0, Http2Profile.SessionWindow - Http2Codec.DefaultWindow);
    }

    /// <summary>Makes room for a control frame, which leaves before all data. The caller holds the gate.</summary>
    private Span<byte> ReserveControl(int count)
    {
        if (_isEnded)
        {
            return new byte[count]; // it goes nowhere
        }

        if (_controlEnd + count > _control.Length)
        {
            Array.Resize(ref _control, Math.Max(2 * _control.Length, _controlEnd + count));
        }

        Span<byte> room = _control.AsSpan(_controlEnd, count);
        _controlEnd += count;
        return room;
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
        if (_isClosing && !HasWork)
        {
            _drained.TrySetResult();
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

        byte[] batch = _batch ??= ArrayPool<byte>.Shared.Rent(BatchSize + MaxDataSize + Http2Connection.MaxFrameOverhead);
        int position = Math.Min(_controlEnd - _controlStart, BatchSize);
        _control.AsSpan(_controlStart, position).CopyTo(batch);
        _controlStart += position;
        if (_controlStart == _controlEnd)
        {
            _controlStart = _controlEnd = 0;
            if (_control.Length > BatchSize)
            {
                _control = new byte[FirstControlSize];
            }
        }

        while (_controlEnd == 0 && position < BatchSize && _ready.TryDequeue(out Http2Connection? stream))
        {
            int count = stream.TakeFrame(batch.AsSpan(position), (int)Math.Min(DataSize, _sendWindow), out int dataLength);
            position += count;
            _sendWindow -= dataLength;
            if (count == 0 && stream.IsWaitingForSession)
            {
                _blocked.Enqueue(stream);
            }
        }

        _batchLength = position;
        return position > 0;
    }

    /// <summary>Lets go on what waited for the session's window. The caller holds the gate.</summary>
    private void Unblock()
    {
        while (_blocked.TryDequeue(out Http2Connection? stream))
        {
            stream.SessionUnblocked();
        }
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
            return flush.IsCompletedSuccessfully ? ValueTask.CompletedTask : new(flush);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask write)
    {
        await write.ConfigureAwait(false);
        await _carrier.Stream.FlushAsync().ConfigureAwait(false);
    }
}
