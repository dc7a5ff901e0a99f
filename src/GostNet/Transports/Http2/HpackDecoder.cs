using System.Buffers;
using System.Text;

namespace GostNet.Transports.Http2;

/// <summary>Reads the blocks of fields that one peer sends (RFC 7541).</summary>
internal sealed class HpackDecoder
{
    /// <summary>How large the dynamic table may become: what both sides begin with, and no setting changes here.</summary>
    public const int MaxTableSize = 4096;

    private readonly HpackDynamicTable _table = new();

    /// <summary>Reads a whole block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="maxListSize">How large the fields may be, in the sense of <see cref="HeaderField.Size"/>.</param>
    /// <param name="fields">Receives them.</param>
    public HpackResult Decode(ReadOnlySpan<byte> block, int maxListSize, List<HeaderField> fields)
    {
        long listSize = 0;
        bool mayResize = true;
        while (!block.IsEmpty)
        {
            byte first = block[0];
            int length;
            HeaderField field;
            if ((first & 0xE0) == 0x20)
            {
                // Only at the beginning (RFC 7541, section 4.2).
                if (!mayResize || !HpackInteger.TryRead(block, 5, out int maxSize, out length) || maxSize > MaxTableSize)
                {
                    return HpackResult.Malformed;
                }

                _table.Resize(maxSize);
                block = block[length..];
                continue;
            }

            mayResize = false;
            if (first >= 0x80)
            {
                if (!HpackInteger.TryRead(block, 7, out int index, out length) || !TryGet(index, out field))
                {
                    return HpackResult.Malformed;
                }
            }
            else
            {
                bool isIndexed = first >= 0x40;
                if (!TryReadLiteral(block, isIndexed ? 6 : 4, out field, out length))
                {
                    return HpackResult.Malformed;
                }

                if (isIndexed)
                {
                    _table.Add(field);
                }
            }

            block = block[length..];
            listSize += field.Size;
            if (listSize <= maxListSize)
            {
                fields.Add(field);
            }
        }

        return listSize <= maxListSize ? HpackResult.Done : HpackResult.TooLarge;
    }

    private static bool TryReadText(ReadOnlySpan<byte> source, out string text, out int length)
    {
        text = "";
        if (!HpackInteger.TryRead(source, 7, out int size, out length) || size > source.Length - length)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = source.Slice(length, size);
        length += size;
        if (source[0] < 0x80)
        {
            text = Encoding.Latin1.GetString(bytes);
            return true;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(HpackHuffman.MaxDecodedLength(size));
        try
        {
            bool isRight = HpackHuffman.TryDecode(bytes, buffer, out int count);
            text = isRight ? Encoding.Latin1.GetString(buffer, 0, count) : "";
            return isRight;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true); // it may have been a login
        }
    }

    private bool TryReadLiteral(ReadOnlySpan<byte> source, int prefixBits, out HeaderField field, out int length)
    {
        field = default;
        if (!HpackInteger.TryRead(source, prefixBits, out int index, out length))
        {
            return false;
        }

        string name;
        if (index == 0)
        {
            if (!TryReadText(source[length..], out name, out int nameLength))
            {
                return false;
            }

            length += nameLength;
        }
        else if (TryGet(index, out HeaderField known))
        {
            name = known.Name;
        }
        else
        {
            return false;
        }

        if (!TryReadText(source[length..], out string value, out int valueLength))
        {
            return false;
        }

        length += valueLength;
        field = new(name, value);
        return true;
    }

    private bool TryGet(int index, out HeaderField field)
    {
        int dynamicIndex = index - HpackStaticTable.Count - 1;
        if (index == 0 || dynamicIndex >= _table.Count)
        {
            field = default;
            return false;
        }

        field = dynamicIndex < 0 ? HpackStaticTable.Get(index) : _table.Get(dynamicIndex);
        return true;
    }
}
