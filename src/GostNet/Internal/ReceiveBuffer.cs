using System.Buffers;

namespace GostNet.Internal;

/// <summary>The bytes of one stream that arrived and were not read yet, in rented pieces. Not thread-safe.</summary>
/// <remarks>Pieces start small and grow with what is held: many streams with a few bytes each cost little more than those bytes, and a
/// stream that holds megabytes needs few enough pieces that the pool has them all. An empty buffer holds none.</remarks>
internal sealed class ReceiveBuffer
{
    private const int SmallestPiece = 256;
    private const int LargestPiece = 128 * 1024;

    private readonly Queue<byte[]> _pieces = [];
    private byte[] _last = [];
    private int _start;
    private int _end;

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_end == _last.Length)
            {
                _last = ArrayPool<byte>.Shared.Rent(Math.Clamp(Math.Max(4 * Length, data.Length), SmallestPiece, LargestPiece));
                _pieces.Enqueue(_last);
                _end = 0;
            }

            int count = Math.Min(data.Length, _last.Length - _end);
            data[..count].CopyTo(_last.AsSpan(_end));
            data = data[count..];
            _end += count;
            Length += count;
        }
    }

    /// <summary>Moves as many bytes as there are, or as there is room for.</summary>
    public int Read(Span<byte> destination)
    {
        int total = Math.Min(destination.Length, Length);
        for (int done = 0; done < total;)
        {
            byte[] first = _pieces.Peek();
            int available = (_pieces.Count == 1 ? _end : first.Length) - _start;
            int count = Math.Min(available, total - done);
            first.AsSpan(_start, count).CopyTo(destination[done..]);
            done += count;
            _start += count;
            if (count == available)
            {
                ArrayPool<byte>.Shared.Return(_pieces.Dequeue());
                _start = 0;
            }
        }

        Length -= total;
        if (Length == 0)
        {
            Clear();
        }

        return total;
    }

    /// <summary>Lets go of everything.</summary>
    /// <returns>How many bytes that was.</returns>
    public int Clear()
    {
        int count = Length;
        while (_pieces.TryDequeue(out byte[]? piece))
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        _last = [];
        _start = _end = Length = 0;
        return count;
    }
}
