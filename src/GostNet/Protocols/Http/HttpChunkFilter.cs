using System.Buffers;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>Reads a chunked body (RFC 9112, section 7.1) as it comes in, and leaves of it, in place, what is to go on.</summary>
/// <remarks>What goes on is either the data alone, or chunks with nothing in them that two readers could understand differently:
/// extensions and trailer fields are dropped, as an intermediary may. Anything but CR LF at the end of a line is refused.</remarks>
/// <param name="keepsChunks">Whether the sizes of chunks go on.</param>
internal struct HttpChunkFilter(bool keepsChunks)
{
    private const int MaxDigits = 16;
    private const int MaxLineLength = 4096;
    private const int MaxTrailerLength = HttpInput.MaxHeadLength;

    private State _state;
    private long _size;
    private int _digits;
    private int _lineLength;
    private int _trailerLength;

    private enum State
    {
        Size,
        Extension,
        ExtensionValue,
        SizeEnd,
        Data,
        DataCr,
        DataEnd,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineEnd,
        TrailerEnd,
        Done,
    }

    /// <summary>Whether the whole body, with its trailer, has been read.</summary>
    public readonly bool IsComplete => _state == State.Done;

    /// <summary>Reads what has come.</summary>
    /// <param name="bytes">The bytes. Those that go on are moved to the front.</param>
    /// <param name="consumed">How many bytes belong to the body: all, unless it ends here.</param>
    /// <param name="kept">How many bytes go on.</param>
    /// <returns><see cref="OperationStatus.Done"/> at the end of the body, <see cref="OperationStatus.NeedMoreData"/> before it, or
    /// <see cref="OperationStatus.InvalidData"/>.</returns>
    public OperationStatus Read(Span<byte> bytes, out int consumed, out int kept)
    {
        consumed = 0;
        kept = 0;
        while (consumed < bytes.Length && _state != State.Done)
        {
            if (_state == State.Data)
            {
                int count = (int)Math.Min(_size, bytes.Length - consumed);
                Keep(bytes, consumed, count, ref kept);
                consumed += count;
                _size -= count;
                _state = _size == 0 ? State.DataCr : State.Data;
                continue;
            }

            byte next = bytes[consumed];
            if (!TryStep(next, out bool isFraming))
            {
                return OperationStatus.InvalidData;
            }

            if (isFraming && keepsChunks)
            {
                Keep(bytes, consumed, 1, ref kept);
            }

            consumed++;
        }

        return _state == State.Done ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    private static void Keep(Span<byte> bytes, int from, int count, ref int kept)
    {
        if (from != kept)
        {
            bytes.Slice(from, count).CopyTo(bytes[kept..]);
        }

        kept += count;
    }

    private static bool IsText(byte value) => value is (byte)'\t' or (>= 0x20 and not 0x7F);

    /// <summary>Takes one byte that is not data.</summary>
    private bool TryStep(byte next, out bool isFraming)
    {
        isFraming = true;
        switch (_state)
        {
            case State.Size when char.IsAsciiHexDigit((char)next):
                _size = (_size << 4) | (uint)HexValue(next);
                return ++_digits <= MaxDigits && _size >= 0;
            case State.Size when _digits > 0:
                return TryEndSize(next, out isFraming);
            case State.Extension:
            case State.ExtensionValue:
                return ++_lineLength <= MaxLineLength && TryReadExtension(next, out isFraming);
            case State.SizeEnd when next == (byte)'\n':
                _state = _size > 0 ? State.Data : State.TrailerStart;
                _digits = 0;
                return true;
            case State.DataCr when next == (byte)'\r':
                _state = State.DataEnd;
                return true;
            case State.DataEnd when next == (byte)'\n':
                _state = State.Size;
                return true;
            case State.TrailerStart when next == (byte)'\r':
                _state = State.TrailerEnd;
                return true;
            case State.TrailerEnd when next == (byte)'\n':
                _state = State.Done;
                return true;
            case State.TrailerStart or State.TrailerName or State.TrailerValue or State.TrailerLineEnd:
                isFraming = false;
                return ++_trailerLength <= MaxTrailerLength && TryReadTrailer(next);
            default:
                return false;
        }
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private bool TryEndSize(byte next, out bool isFraming)
    {
        isFraming = next == (byte)'\r';
        _lineLength = 0;
        _state = next switch
        {
            (byte)'\r' => State.SizeEnd,
            (byte)';' => State.ExtensionValue,
            _ => State.Extension,
        };
        return next is (byte)'\r' or (byte)';' or (byte)' ' or (byte)'\t';
    }

    /// <summary>Blanks may stand before the semicolon of an extension. Old servers pad the size with them and have no extension.</summary>
    private bool TryReadExtension(byte next, out bool isFraming)
    {
        isFraming = next == (byte)'\r';
        if (isFraming)
        {
            _state = State.SizeEnd;
            return true;
        }

        if (_state == State.ExtensionValue)
        {
            return IsText(next);
        }

        _state = next == (byte)';' ? State.ExtensionValue : State.Extension;
        return next is (byte)';' or (byte)' ' or (byte)'\t';
    }

    private bool TryReadTrailer(byte next)
    {
        switch (_state)
        {
            case State.TrailerStart or State.TrailerName when HttpHead.IsTokenByte(next):
                _state = State.TrailerName;
                return true;
            case State.TrailerName when next == (byte)':':
                _state = State.TrailerValue;
                return true;
            case State.TrailerValue when next == (byte)'\r':
                _state = State.TrailerLineEnd;
                return true;
            case State.TrailerValue:
                return IsText(next);
            case State.TrailerLineEnd when next == (byte)'\n':
                _state = State.TrailerStart;
                return true;
            default:
                return false;
        }
    }
}
