using System.Buffers;
using System.Runtime.CompilerServices;

namespace GostNet.Internal;

/// <summary>Sends what the streams of a session have to send, in batches.</summary>
/// <remarks>Whoever has something to send and finds nobody sending, sends the first batch himself: a short message costs no change of
/// thread. If that has to wait, or there is more, the write loop takes over. Between them <see cref="_isBusy"/> is passed on like a baton.
/// Who is at rest holds no buffer.</remarks>
/// <param name="source">What is sent.</param>
/// <param name="gate">Guards it, and the writer.</param>
/// <param name="carrier">The connection.</param>
/// <param name="batchSize">Room for the longest batch, in bytes.</param>
internal sealed class BatchWriter(IBatchSource source, Lock gate, Stream carrier, int batchSize)
{
    /// <summary>How many bytes are written, or read, before others get the thread.</summary>
    public const int FairShare = 1024 * 1024;

    private readonly LoopSignal _signal = new();
    private ValueTask _inFlight;
    private byte[]? _batch;
    private int _batchLength;
    private bool _isBusy;
    private bool _isStopped;

    /// <summary>Guards what leaves.</summary>
    public Lock Gate => gate;

    /// <summary>Sends what there is, or leaves it to who is sending. The caller holds no lock.</summary>
    public void Flush()
    {
        lock (gate)
        {
            if (_isBusy)
            {
                return;
            }

            if (!TryFillBatch())
            {
                Rest();
                return;
            }

            _isBusy = true;
        }

        ValueTask write = WriteBatchAsync();
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult(); // hands a pooled source back
            lock (gate)
            {
                if (!_isStopped && !source.HasWork)
                {
                    Rest();
                    return;
                }
            }

            write = ValueTask.CompletedTask;
        }

        _inFlight = write;
        _signal.Set();
    }

    /// <summary>The write loop. It ends, and never fails, after <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        do
        {
            await _signal.WaitAsync().ConfigureAwait(false);
            try
            {
                int inOneGo = 0;
                ValueTask write = _inFlight;
                _inFlight = default;
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
                source.OnWriteFailed(e);
            }
        }
        while (!Volatile.Read(ref _isStopped));

        lock (gate)
        {
            ReleaseBatch();
        }
    }

    /// <summary>Sends nothing more. What is on its way is for the connection to end. The caller holds the gate.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopped, true);
        if (!_isBusy)
        {
            _isBusy = true;
            _signal.Set();
        }
    }

    /// <returns>Whether there is another batch; if not, the baton is free, unless the writer was stopped.</returns>
    private bool TryGoOn()
    {
        lock (gate)
        {
            if (TryFillBatch())
            {
                return true;
            }

            if (!_isStopped)
            {
                Rest();
            }

            return false;
        }
    }

    private void Rest()
    {
        _isBusy = false;
        ReleaseBatch();
        source.OnWriterRest();
    }

    private bool TryFillBatch()
    {
        if (_isStopped || !source.HasWork)
        {
            return false;
        }

        _batchLength = source.FillBatch(_batch ??= ArrayPool<byte>.Shared.Rent(batchSize));
        return _batchLength > 0;
    }

    private void ReleaseBatch()
    {
        if (_batch is not null)
        {
            ArrayPool<byte>.Shared.Return(_batch);
            _batch = null;
        }
    }

    /// <summary>Sends the batch. What fails at once fails the session in the loop.</summary>
    private ValueTask WriteBatchAsync()
    {
        try
        {
            ValueTask write = carrier.WriteAsync(_batch.AsMemory(0, _batchLength));
            if (!write.IsCompletedSuccessfully)
            {
                return FinishAsync(write);
            }

            write.GetAwaiter().GetResult();
            Task flush = carrier.FlushAsync();
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
        source.OnWriteWait(isWaiting: true);
        await write.ConfigureAwait(false);
        await carrier.FlushAsync().ConfigureAwait(false);
        source.OnWriteWait(isWaiting: false);
    }
}
