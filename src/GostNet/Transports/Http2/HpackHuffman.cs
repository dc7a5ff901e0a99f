namespace GostNet.Transports.Http2;

/// <summary>The Huffman code of HPACK (RFC 7541, section 5.2 and appendix B).</summary>
/// <remarks>It is canonical: codes of one length follow one another in the order of their symbols, and longer ones come after shorter
/// ones. So the lengths are all that has to be known.</remarks>
internal static class HpackHuffman
{
    private const int Symbols = 257;
    private const int EndOfString = 256;
    private const int MinLength = 5;
    private const int MaxLength = 30;
    private const int MaxPadding = 7;

    private static readonly uint[] Codes = new uint[Symbols];

    // By length: the codes that are shorter or of that length, and begin left, are below the limit. The first of them, and its place.
    private static readonly uint[] Limits = new uint[MaxLength + 1];
    private static readonly uint[] Firsts = new uint[MaxLength + 1];
    private static readonly int[] Places = new int[MaxLength + 1];
    private static readonly ushort[] InOrder = new ushort[Symbols];

    static HpackHuffman()
    {
        uint code = 0;
        int place = 0;
        for (int length = MinLength; length <= MaxLength; length++)
        {
            code <<= 1;
            (Firsts[length], Places[length]) = (code, place);
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                if (Lengths[symbol] == length)
                {
                    Codes[symbol] = code++;
                    InOrder[place++] = (ushort)symbol;
                }
            }

            Limits[length] = code;
        }
    }

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    /// <summary>How long a text may become: no code is shorter than five bits.</summary>
    public static int MaxDecodedLength(int length) => (int)((long)length * 8 / MinLength);

    /// <summary>How many bytes a text takes.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> text)
    {
        long bits = 0;
        foreach (byte symbol in text)
        {
            bits += Lengths[symbol];
        }

        return (int)((bits + 7) / 8);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="source">All of it.</param>
    /// <param name="destination">Room for <see cref="MaxDecodedLength"/>.</param>
    /// <param name="count">How long it is.</param>
    /// <returns>False if it has the code for its end, or does not end with less than eight bits of that code.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> destination, out int count)
    {
        count = 0;
        uint code = 0;
        int length = 0;
        foreach (byte part in source)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | ((uint)(part >> bit) & 1);
                length++;
                if (length >= MinLength && code < Limits[length])
                {
                    int symbol = InOrder[Places[length] + (int)(code - Firsts[length])];
                    if (symbol == EndOfString)
                    {
                        return false;
                    }

                    destination[count++] = (byte)symbol;
                    (code, length) = (0, 0);
                }
                else if (length == MaxLength)
                {
                    return false;
                }
            }
        }

        return length <= MaxPadding && code == (1u << length) - 1;
    }

    /// <summary>Writes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Room for <see cref="EncodedLength"/>.</param>
    /// <returns>How many bytes it wrote.</returns>
    public static int Encode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        ulong bits = 0;
        int pending = 0;
        int count = 0;
        foreach (byte symbol in text)
        {
            bits = (bits << Lengths[symbol]) | Codes[symbol];
            for (pending += Lengths[symbol]; pending >= 8; pending -= 8)
            {
                destination[count++] = (byte)(bits >> (pending - 8));
            }
        }

        if (pending > 0)
        {
            destination[count++] = (byte)((bits << (8 - pending)) | (0xFFu >> pending));
        }

        return count;
    }
}
