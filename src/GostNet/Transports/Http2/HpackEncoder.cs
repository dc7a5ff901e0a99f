using System.Text;

namespace GostNet.Transports.Http2;

/// <summary>Writes blocks of fields (RFC 7541). It uses no dynamic table: a session has few heads, and no state is no fault.</summary>
internal static class HpackEncoder
{
    /// <summary>Says that no dynamic table is used (RFC 7541, section 4.2). Due at the beginning of the next block if the peer wants a
    /// smaller one than there is at first.</summary>
    public const byte NoTable = 0x20;

    private const byte Indexed = 0x80;
    private const byte Literal = 0x00;
    private const byte LiteralNeverIndexed = 0x10;
    private const byte Huffman = 0x80;
    private const int MaxIntegerLength = 5;

    /// <summary>How much room fields may take.</summary>
    public static int MaxLength(ReadOnlySpan<HeaderField> fields)
    {
        int length = 0;
        foreach (HeaderField field in fields)
        {
            length += (3 * MaxIntegerLength) + field.Name.Length + field.Value.Length;
        }

        return length;
    }

    /// <summary>Writes fields.</summary>
    /// <param name="destination">Room for <see cref="MaxLength"/>.</param>
    /// <param name="fields">The fields. Names and values have characters up to 255, each of them a byte.</param>
    /// <returns>How many bytes it wrote.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<HeaderField> fields)
    {
        int position = 0;
        foreach (HeaderField field in fields)
        {
            int index = HpackStaticTable.Find(field, out bool isWhole);
            if (isWhole)
            {
                position += HpackInteger.Write(destination[position..], Indexed, 7, index);
                continue;
            }

            position += HpackInteger.Write(destination[position..], field.IsSecret ? LiteralNeverIndexed : Literal, 4, index);
            if (index == 0)
            {
                position += WriteText(destination[position..], field.Name);
            }

            position += WriteText(destination[position..], field.Value);
        }

        return position;
    }

    private static int WriteText(Span<byte> destination, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        int length = HpackHuffman.EncodedLength(bytes);
        if (length < bytes.Length)
        {
            int start = HpackInteger.Write(destination, Huffman, 7, length);
            return start + HpackHuffman.Encode(bytes, destination[start..]);
        }

        int prefix = HpackInteger.Write(destination, 0, 7, bytes.Length);
        bytes.CopyTo(destination[prefix..]);
        return prefix + bytes.Length;
    }
}
