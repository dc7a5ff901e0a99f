using System.Buffers;
using System.Runtime.CompilerServices;

namespace GostNet.Internal;

/// <summary>What a session has read of its connection and not taken yet. It holds a buffer only while it has to.</summary>
/// <param name="carrier">The connection.</param>
internal sealed class FrameBuffer(Stream carrier) : IDisposable
{
    private const int ReadSize = 64 * 1024;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _inOneGo;

    /// <summary>What was read and not taken yet. Frames that have to be whole are short: one always fits.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Takes bytes off.</summary>
    public void Advance(int count) => _start += count;

    /// <summary>Reads more. Others get the thread at times.</summary>
    /// <param name="isIdle">Whether the peer may be silent for long: no buffer is held while it is.</param>
    /// <returns>How many bytes; 0 if the peer has ended the connection.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(bool isIdle)
    {
        Unread.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_inOneGo >= BatchWriter.FairShare)
        {
            _inOneGo = 0;
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        if (isIdle && _end == 0)
        {
            Dispose();
            await carrier.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        }

        _buffer ??= ArrayPool<byte>.Shared.Rent(ReadSize);
        int count = await carrier.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += count;
        _inOneGo += count;
        return count;
    }

    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }
}
