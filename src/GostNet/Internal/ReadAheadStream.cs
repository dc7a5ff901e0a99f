using System.Runtime.ExceptionServices;

namespace GostNet.Internal;

/// <summary>The stream of a <see cref="ReadAheadConnection"/>.</summary>
internal sealed class ReadAheadStream : ReadLayerStream
{
    private readonly Lock _gate = new();
    private readonly int _limit;
    private readonly TaskCompletionSource _readable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _readingAhead;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _isClaimed;
    private bool _isDone;
    private bool _hasEnded;
    private ExceptionDispatchInfo? _failure;

    public ReadAheadStream(Stream inner, int limit)
        : base(inner)
    {
        _limit = limit;
        _readingAhead = ReadAheadAsync();
    }

    public Task Readable => _readable.Task;

    public Task Ended => _ended.Task;

    public bool IsTransparent
    {
        get
        {
            lock (_gate)
            {
                return _isDone && _start == _end && !_hasEnded && _failure is null;
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryTake(buffer, out int count))
        {
            return count;
        }

        if (!_readingAhead.IsCompleted)
        {
            await _readingAhead.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (TryTake(buffer, out count))
            {
                return count;
            }
        }

        return await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override int Read(Span<byte> buffer)
    {
        if (TryTake(Memory<byte>.Empty, out _) || !_readingAhead.IsCompleted)
        {
            byte[] copy = new byte[buffer.Length];
            int count = ReadAsync(copy).AsTask().GetAwaiter().GetResult();
            copy.AsSpan(0, count).CopyTo(buffer);
            return count;
        }

        return Inner.Read(buffer);
    }

    /// <summary>Takes what is here already: bytes, the end, or the failure that comes in its place.</summary>
    private bool TryTake(Memory<byte> buffer, out int count)
    {
        lock (_gate)
        {
            _isClaimed = true;
            count = Math.Min(buffer.Length, _end - _start);
            if (_start < _end)
            {
                _buffer.AsSpan(_start, count).CopyTo(buffer.Span);
                _start += count;
                if (_start == _end && _isDone)
                {
                    _buffer = null;
                }

                return true;
            }

            _failure?.Throw();
            return _hasEnded;
        }
    }

    private async Task ReadAheadAsync()
    {
        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                await Inner.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false); // holds no buffer for a peer that is silent
                goesOn = await ReadSomeAsync().ConfigureAwait(false);
                _readable.TrySetResult();
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _failure = ExceptionDispatchInfo.Capture(e); // for whoever reads
                _isDone = true;
            }

            _ended.TrySetResult();
            _readable.TrySetResult();
        }
    }

    /// <returns>Whether to read on.</returns>
    private async ValueTask<bool> ReadSomeAsync()
    {
        Memory<byte> space;
        lock (_gate)
        {
            if (_isClaimed || _limit == 0)
            {
                _isDone = true;
                return false;
            }

            _buffer ??= new byte[_limit];
            space = _buffer.AsMemory(_end);
        }

        int count = await Inner.ReadAsync(space).ConfigureAwait(false);
        lock (_gate)
        {
            _end += count;
            _hasEnded = count == 0;
            if (_hasEnded)
            {
                _ended.TrySetResult();
            }

            _isDone = _hasEnded || _isClaimed || _end == _limit;
            return !_isDone;
        }
    }
}
