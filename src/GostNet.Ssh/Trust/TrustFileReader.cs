using System.Buffers;

namespace GostNet.Ssh.Trust;

/// <summary>Reads a file line by line in a fixed amount of memory, whatever is in it (ssh, section 7).</summary>
/// <param name="stream">What is read; not disposed of here.</param>
/// <param name="maxSize">The most bytes that it may have.</param>
internal sealed class TrustFileReader(Stream stream, long maxSize) : IDisposable
{
    /// <summary>A line that is longer with its end is passed over, in bytes. The longest key that is taken has 3 KiB in base64.</summary>
    public const int MaxLineLength = 64 * 1024;

    /// <summary>Why a line is passed over that is longer.</summary>
    public const string TooLongLine = "it is longer than 64 KiB";

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(MaxLineLength);
    private int _start;
    private int _end;
    private long _size;
    private bool _isAtEnd;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its end and without blanks around it, valid until the next call; empty if it is too
    /// long.</param>
    /// <param name="isTooLong">Whether it is longer than <see cref="MaxLineLength"/>.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">The file cannot be read, or is too large.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        isTooLong = false;
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan((_start + searched).._end).IndexOf((byte)'\n');
            if (length >= 0)
            {
                length += searched;
                line = _buffer.AsSpan(_start, length);
                _start += length + 1;
                break;
            }

            searched = _end - _start;
            if (_isAtEnd)
            {
                if (searched == 0 && !isTooLong)
                {
                    line = default;
                    return false;
                }

                line = _buffer.AsSpan(_start, searched);
                _start = _end;
                break;
            }

            if (searched == MaxLineLength)
            {
                isTooLong = true;
                _start = _end = searched = 0;
            }

            Fill();
        }

        LineNumber++;
        if (LineNumber == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line["\uFEFF"u8.Length..];
        }

        line = isTooLong ? default : line.Trim(" \t\r"u8);
        return true;
    }

    /// <summary>Why a file is not used that is larger than it may be.</summary>
    public static string DescribeTooLarge(long maxSize) => $"The file is larger than {maxSize} bytes.";

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Reads on behind what is there, which is moved to the front.</summary>
    private void Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int count = stream.Read(_buffer.AsSpan(_end..MaxLineLength));
        _end += count;
        _size += count;
        _isAtEnd = count == 0;
        if (_size > maxSize)
        {
            throw new IOException(DescribeTooLarge(maxSize));
        }
    }
}
