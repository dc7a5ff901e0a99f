using System.Buffers;
using System.Buffers.Text;

namespace GostNet.Protocols.Http;

/// <summary>A head under construction, which leaves together with the first bytes of its body.</summary>
internal sealed class HttpOutput : IDisposable
{
    private const int InitialLength = 4 * 1024;
    private const int MaxDigits = 20;

    private byte[]? _buffer;
    private int _count;

    /// <summary>What was written since it was cleared.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _count);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_count));
        _count += bytes.Length;
    }

    public void Write(long number)
    {
        Reserve(MaxDigits);
        Utf8Formatter.TryFormat(number, _buffer.AsSpan(_count), out int length);
        _count += length;
    }

    public void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Write(name);
        Write(": "u8);
        Write(value);
        Write("\r\n"u8);
    }

    /// <summary>Sends what was written and a piece of body, as one segment where there is space for that. What was written stays, and
    /// can be sent again.</summary>
    public async ValueTask SendAsync(Stream stream, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        int head = _count;
        if (_buffer is not null && piece.Length <= _buffer.Length - _count)
        {
            piece.CopyTo(_buffer.AsMemory(_count));
            await stream.WriteAsync(_buffer.AsMemory(0, head + piece.Length), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await stream.WriteAsync(Written, cancellationToken).ConfigureAwait(false);
            await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        }

        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets what was written, and gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        _count = 0;
    }

    private void Reserve(int length)
    {
        if (_buffer is not null && length <= _buffer.Length - _count)
        {
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(InitialLength, (_count + length) * 2));
        if (_buffer is not null)
        {
            Written.CopyTo(buffer);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = buffer;
    }
}
