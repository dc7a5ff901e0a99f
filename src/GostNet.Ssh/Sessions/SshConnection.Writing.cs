using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using GostNet.Internal;
using GostNet.Ssh.Ciphers;

namespace GostNet.Ssh.Sessions;

/// <content>What leaves.</content>
/// <remarks>Whoever has something to send and finds nobody sending, sends the first batch himself: a short message costs no change of
/// thread. If that has to wait, or there is more, the write loop takes over. Between them <see cref="_isWriterBusy"/> is passed on like a
/// baton. A batch is filled under the gate, and sealed by the one with the baton outside of it.</remarks>
internal sealed partial class SshConnection
{
    private const int BatchSize = 128 * 1024;

    // Length, padding length, the longest message, padding and tag.
    private const int MaxPacketRoom =
        PacketPrefix + ConnectionMessages.MaxHeaderLength + SshChannel.MaxPacketData + byte.MaxValue + MaxTagSize;

    private const int PacketPrefix = sizeof(uint) + 1;
    private const int MaxTagSize = 64;

    // Answers that a peer asks for and does not read are no reason to hold more than this many.
    private const int MaxQueuedControl = 16 * 1024;

    // How much is read, or written, before others get the thread.
    private const int FairShare = 1024 * 1024;

    private readonly Queue<OutgoingMessage> _transport = [];
    private readonly Queue<OutgoingMessage> _control = [];
    private readonly Queue<SshChannel> _credits = [];
    private readonly Queue<SshChannel> _ready = [];
    private readonly LoopSignal _writerSignal = new(runsInline: true);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _padding = RandomNumberGenerator.GetBytes(byte.MaxValue);

    // Those whose write was taken into the batch, and who are to be told when it is on its way. The baton's.
    private readonly List<SshChannel> _written = [];

    private PacketSealer _sealer = new PlainSealer();
    private PacketSealer? _nextSealer;
    private ReadOnlyMemory<byte> _versionLine;
    private ValueTask _writeInFlight;
    private byte[]? _batch;
    private int _batchLength;
    private int _sealFrom;
    private uint _sendSequence;
    private uint _batches;
    private long _sentPackets;
    private long _sentBytes;
    private long _writeStarted;
    private bool _isWriterBusy;
    private bool _isLastTaken;
    private bool _isFlooded;

    // From our KEXINIT to our NEWKEYS nothing but key exchange may leave. There are two if the peer is fast.
    private int _openExchanges;

    private bool HasWork => _transport.Count > 0
        || (_openExchanges == 0 && (_control.Count > 0 || _credits.Count > 0 || _ready.Count > 0));

    /// <summary>Has a channel told when the batch that its write was taken into is on its way. The caller holds the gate and the baton.</summary>
    internal void TellLater(SshChannel channel) => _written.Add(channel);

    /// <summary>Queues a channel that has a packet to send. The caller holds the gate, and calls <see cref="Flush"/> without it.</summary>
    internal void Offer(SshChannel channel)
    {
        if (!_isEnded)
        {
            _ready.Enqueue(channel);
        }
    }

    /// <summary>Tells the peer that it may send more on a channel.</summary>
    internal void SendCredit(SshChannel channel, bool flush)
    {
        lock (Gate)
        {
            if (!_isEnded && !channel.IsCreditQueued)
            {
                channel.IsCreditQueued = true;
                _credits.Enqueue(channel);
            }

            ProbeRoundTrip();
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

        for (int inOneGo = 0; ;)
        {
            inOneGo += _batchLength;
            ValueTask write = WriteBatchAsync();
            TellWriters();
            if (!write.IsCompletedSuccessfully)
            {
                _writeInFlight = write;
                _writerSignal.Set();
                return;
            }

            write.GetAwaiter().GetResult(); // hands a pooled source back
            lock (Gate)
            {
                if (!_isEnded && !HasWork)
                {
                    Rest();
                    return;
                }

                if (RunsInline && inOneGo < BatchSize && TryFillBatch())
                {
                    continue;
                }
            }

            // This thread has something else to do.
            ThreadPool.UnsafeQueueUserWorkItem(static signal => signal.Set(), _writerSignal, preferLocal: false);
            return;
        }
    }

    /// <summary>Queues a message behind those that are queued. The caller holds the gate.</summary>
    private void Enqueue(byte[] payload, bool isSecret = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, SshChannel.MaxPacketData, nameof(payload));
        if (!_isEnded)
        {
            _control.Enqueue(new(payload) { IsSecret = isSecret });
        }
    }

    /// <summary>Queues an answer, unless the peer does not read those it has asked for; the reader then ends the connection. The caller
    /// holds the gate.</summary>
    private void EnqueueAnswer(byte[] payload)
    {
        if (_control.Count >= MaxQueuedControl)
        {
            Volatile.Write(ref _isFlooded, true);
        }
        else
        {
            Enqueue(payload);
        }
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
                    ValueTask next = WriteBatchAsync();
                    TellWriters();
                    await next.ConfigureAwait(false);
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
        while (!IsEnded);

        lock (Gate)
        {
            ReleaseBatch();
        }
    }

    /// <summary>Ends the writes that were taken into the batch. Whoever goes on and writes more finds the baton taken, and waits: so this
    /// does not nest.</summary>
    private void TellWriters()
    {
        foreach (SshChannel channel in _written)
        {
            channel.EndWrite();
        }

        _written.Clear();
    }

    /// <returns>Whether there is another batch; if not, the baton is free, unless the connection has ended.</returns>
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
        if (_isLastTaken)
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

    /// <summary>Fills a batch: key exchange first, then what controls the connection, then a packet of each channel in turn. It ends with
    /// NEWKEYS, for what follows that is framed by the new cipher. The caller holds the gate.</summary>
    private bool TryFillBatch()
    {
        if (_isEnded || _isLastTaken || !HasWork)
        {
            return false;
        }

        Span<byte> batch = _batch ??= ArrayPool<byte>.Shared.Rent(BatchSize);
        int position = 0;
        if (!_versionLine.IsEmpty)
        {
            _versionLine.Span.CopyTo(batch);
            "\r\n"u8.CopyTo(batch[_versionLine.Length..]);
            position = _versionLine.Length + 2;
            _versionLine = default;
        }

        _sealFrom = position;
        while (_nextSealer is null && !_isLastTaken && position <= BatchSize - MaxPacketRoom
            && _transport.TryDequeue(out OutgoingMessage message))
        {
            position += Frame(batch[position..], message);
            _isLastTaken = message.IsLast;
            if (message.NewSealer is { } sealer)
            {
                _nextSealer = sealer;
                _openExchanges--;
            }
        }

        if (_openExchanges == 0 && _nextSealer is null && !_isLastTaken)
        {
            while (position <= BatchSize - MaxPacketRoom && _control.TryDequeue(out OutgoingMessage message))
            {
                position += Frame(batch[position..], message);
            }

            while (position <= BatchSize - MaxPacketRoom && _credits.TryDequeue(out SshChannel? channel))
            {
                position += Frame(batch[position..], channel.TakeAdjust(batch[(position + PacketPrefix)..]));
            }

            while (position <= BatchSize - MaxPacketRoom && _ready.TryDequeue(out SshChannel? channel))
            {
                position += Frame(batch[position..], channel.TakeMessage(batch[(position + PacketPrefix)..]));
            }
        }

        _batchLength = position;
        return position > 0;
    }

    private int Frame(Span<byte> destination, OutgoingMessage message)
    {
        message.Payload.CopyTo(destination[PacketPrefix..]);
        int length = message.Payload.Length;
        if (message.IsSecret)
        {
            CryptographicOperations.ZeroMemory(message.Payload);
        }

        return Frame(destination, length);
    }

    /// <summary>Puts lengths before a payload and padding behind it, and leaves room for the tag (ssh, section 2.4).</summary>
    /// <returns>How many bytes all of it has; 0 if there is no payload.</returns>
    private int Frame(Span<byte> destination, int payloadLength)
    {
        if (payloadLength == 0)
        {
            return 0;
        }

        int block = _sealer.BlockSize;
        int unpadded = (_sealer.PadsLength ? sizeof(uint) : 0) + 1 + payloadLength;
        int padding = block - (unpadded % block);
        padding += padding < 4 ? block : 0;
        BinaryPrimitives.WriteInt32BigEndian(destination, 1 + payloadLength + padding);
        destination[sizeof(uint)] = (byte)padding;
        _padding.AsSpan(0, padding).CopyTo(destination[(PacketPrefix + payloadLength)..]);
        return PacketPrefix + payloadLength + padding + _sealer.TagSize;
    }

    /// <summary>Seals the packets of the batch, and takes the next keys if it ends with NEWKEYS.</summary>
    private void SealBatch()
    {
        for (int position = _sealFrom; position < _batchLength;)
        {
            Span<byte> rest = _batch.AsSpan(position, _batchLength - position);
            int length = sizeof(uint) + BinaryPrimitives.ReadInt32BigEndian(rest) + _sealer.TagSize;
            _sealer.Seal(_sendSequence++, rest[..length]);
            position += length;
            _sentPackets++;
        }

        Volatile.Write(ref _sentBytes, _sentBytes + _batchLength);
        if (_nextSealer is not null)
        {
            lock (Gate)
            {
                _sealer.Dispose();
                _sealer = _nextSealer;
                _nextSealer = null;
            }

            _sendSequence = _isStrict ? 0 : _sendSequence;
            _sentPackets = 0;
            Volatile.Write(ref _sentBytes, 0);
        }
        else if (_sentBytes >= _settings.RekeyBytes || _sentPackets >= _settings.RekeyPackets)
        {
            BeginExchangeIfDue();
        }
    }

    /// <summary>Seals the batch and sends it. What fails at once fails the connection in the loop.</summary>
    private ValueTask WriteBatchAsync()
    {
        try
        {
            SealBatch();
            Volatile.Write(ref _batches, _batches + 1);
            ValueTask write = _carrier.Stream.WriteAsync(_batch.AsMemory(0, _batchLength), CarrierToken);
            if (!write.IsCompletedSuccessfully)
            {
                return FinishAsync(write);
            }

            write.GetAwaiter().GetResult();
            Task flush = _carrier.Stream.FlushAsync(CarrierToken);
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
        await _carrier.Stream.FlushAsync(CarrierToken).ConfigureAwait(false);
        lock (Gate)
        {
            _writeStarted = 0;
        }
    }

    /// <summary>Lets go of what will not be sent. The caller holds the gate.</summary>
    private void DropQueued()
    {
        foreach (Queue<OutgoingMessage> queue in (Queue<OutgoingMessage>[])[_transport, _control])
        {
            while (queue.TryDequeue(out OutgoingMessage message))
            {
                message.NewSealer?.Dispose();
                if (message.IsSecret)
                {
                    CryptographicOperations.ZeroMemory(message.Payload);
                }
            }
        }
    }
}
