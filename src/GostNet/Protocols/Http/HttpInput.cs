using System.Buffers;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>The bytes that come from one peer, with those that were read ahead in front. For one reader at a time.</summary>
/// <remarks>While there is nothing to read and nothing is read ahead, no buffer is held: it waits with a read of zero bytes.</remarks>
/// <param name="stream">Where they come from.</param>
internal sealed class HttpInput(Stream stream) : IDisposable
{
    /// <summary>How long a head may be (proxies, section 8).</summary>
    public const int MaxHeadLength = 64 * 1024;

    private const int InitialLength = 8 * 1024;
    private const int BulkLength = MaxHeadLength;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private Task<int>? _filling;
    private CancellationTokenSource? _stopFilling;

    /// <summary>Whether nothing is read ahead. Not to be asked while a read goes on.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>What is read ahead. Good until the next read.</summary>
    public Memory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Takes bytes off the front of what is read ahead.</summary>
    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
    }

    /// <summary>Gives the buffer back if nothing is read ahead.</summary>
    public void Rest()
    {
        if (_buffer is not null && IsEmpty && _filling is null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <summary>Begins a read that the next <see cref="FillAsync"/> ends, if there is none yet.</summary>
    /// <param name="cancellationToken">The same one each time.</param>
    /// <returns>Completes as <see cref="FillAsync"/> does. It may be watched, or left alone.</returns>
    public Task<int> BeginFill(CancellationToken cancellationToken)
    {
        if (_filling is { IsCompletedSuccessfully: true, Result: > 0 } && IsEmpty)
        {
            _filling = null; // its bytes came in time to be read without a wait
        }

        if (_filling is null)
        {
            _stopFilling ??= CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _filling = ReadAsync(isBulk: false, _stopFilling.Token).AsTask();
            _ = _filling.ContinueWith(
                static task => _ = task.Exception, // whoever comes for it later gets it again
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return _filling;
    }

    /// <summary>Reads on.</summary>
    /// <param name="isBulk">Whether much is expected.</param>
    /// <param name="cancellationToken">Gives up; a read that <see cref="BeginFill"/> began goes on.</param>
    /// <returns>How many bytes came behind what was there; 0 at the end of the stream.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<int> FillAsync(bool isBulk, CancellationToken cancellationToken)
    {
        if (_filling is null)
        {
            return await ReadAsync(isBulk, cancellationToken).ConfigureAwait(false);
        }

        int count = await _filling.WaitAsync(cancellationToken).ConfigureAwait(false);
        _filling = null;
        return count;
    }

    /// <summary>Reads until a whole head is read ahead.</summary>
    /// <param name="skipsEmptyLine">Whether an empty line in front is overlooked (RFC 9112, section 2.2).</param>
    /// <param name="cancellationToken">Gives up. What has come so far stays read ahead.</param>
    /// <returns>Its length with the empty line; 0 if the stream ended before it began; -1 if it ended within it; -2 if it is longer than
    /// <see cref="MaxHeadLength"/>.</returns>
    public async ValueTask<int> ReadHeadAsync(bool skipsEmptyLine, CancellationToken cancellationToken)
    {
        int scanned = 0;
        while (true)
        {
            if (skipsEmptyLine && Buffered.Span is [(byte)'\r', (byte)'\n', ..])
            {
                Consume(2);
                (skipsEmptyLine, scanned) = (false, 0);
            }

            int length = HttpLines.FindHeadEnd(Buffered.Span, scanned);
            if (length is >= 0 and <= MaxHeadLength)
            {
                return length;
            }

            scanned = Buffered.Length;
            if (scanned >= MaxHeadLength)
            {
                return -2;
            }

            if (await FillAsync(isBulk: false, cancellationToken).ConfigureAwait(false) == 0)
            {
                return scanned == 0 ? 0 : -1;
            }
        }
    }

    /// <summary>Stops a read that was begun. A connection that is closed with a read in flight is reset, and what it still had to deliver
    /// is lost.</summary>
    public async ValueTask StopAsync()
    {
        if (_filling is { IsCompleted: false })
        {
            await _stopFilling!.CancelAsync().ConfigureAwait(false);
            await ((Task)_filling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Gives the buffer back. No read may be in flight.</summary>
    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        (_start, _end) = (0, 0);
        _stopFilling?.Dispose();
    }

    private async ValueTask<int> ReadAsync(bool isBulk, CancellationToken cancellationToken)
    {
        if (IsEmpty && isBulk && _buffer is { Length: < BulkLength })
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        if (_buffer is null)
        {
            await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            _buffer = ArrayPool<byte>.Shared.Rent(isBulk ? BulkLength : InitialLength);
        }
        else if (_end == _buffer.Length)
        {
            MakeSpace();
        }

        int count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += count;
        return count;
    }

    private void MakeSpace()
    {
        int length = _end - _start;
        byte[] buffer = _start > 0 ? _buffer! : ArrayPool<byte>.Shared.Rent(_buffer!.Length * 2);
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        if (buffer != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
            _buffer = buffer;
        }

        (_start, _end) = (0, length);
    }
}
