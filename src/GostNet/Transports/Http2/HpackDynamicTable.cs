namespace GostNet.Transports.Http2;

/// <summary>The fields that one side has told the other (RFC 7541, sections 2.3.2 and 4).</summary>
internal sealed class HpackDynamicTable
{
    // A ring; the newest is at _start.
    private HeaderField[] _fields = new HeaderField[8];
    private int _start;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>How large they are (RFC 7541, section 4.1).</summary>
    public int Size { get; private set; }

    /// <summary>How large they may be.</summary>
    public int MaxSize { get; private set; } = HpackDecoder.MaxTableSize;

    /// <summary>The field of an index from 0 on; the newest is 0.</summary>
    public HeaderField Get(int index) => _fields[(_start + index) % _fields.Length];

    /// <summary>Sets how large the fields may be. The oldest go if they are larger.</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(0);
    }

    /// <summary>Adds a field, and makes room for it. One that is larger than the table empties it.</summary>
    public void Add(HeaderField field)
    {
        Evict(field.Size);
        if (field.Size > MaxSize)
        {
            return;
        }

        if (Count == _fields.Length)
        {
            HeaderField[] larger = new HeaderField[2 * Count];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = Get(i);
            }

            (_fields, _start) = (larger, 0);
        }

        _start = (_start + _fields.Length - 1) % _fields.Length;
        _fields[_start] = field;
        Count++;
        Size += field.Size;
    }

    private void Evict(int room)
    {
        while (Count > 0 && Size + room > MaxSize)
        {
            ref HeaderField oldest = ref _fields[(_start + --Count) % _fields.Length];
            Size -= oldest.Size;
            oldest = default;
        }
    }
}
