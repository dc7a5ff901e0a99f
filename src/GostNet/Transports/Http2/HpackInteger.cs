namespace GostNet.Transports.Http2;

/// <summary>The integers of HPACK (RFC 7541, section 5.1).</summary>
internal static class HpackInteger
{
    /// <summary>The largest number that is read: far more than any that makes sense here.</summary>
    public const int Max = (1 << 28) - 1;

    private const int ContinuationBits = 7;

    /// <summary>Reads an integer whose first bits share a byte with something else.</summary>
    /// <param name="source">The bytes, from that byte on.</param>
    /// <param name="prefixBits">How many bits of the first byte belong to it.</param>
    /// <param name="value">The number.</param>
    /// <param name="length">How many bytes it took.</param>
    /// <returns>Whether it was all there, and no more than <see cref="Max"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, int prefixBits, out int value, out int length)
    {
        (value, length) = (0, 0);
        if (source.IsEmpty)
        {
            return false;
        }

        int limit = (1 << prefixBits) - 1;
        value = source[0] & limit;
        length = 1;
        if (value < limit)
        {
            return true;
        }

        // Four more bytes hold what is allowed; zeros at the end would make it longer, and are no number that anybody sends.
        long total = value;
        for (int shift = 0; shift <= 3 * ContinuationBits; shift += ContinuationBits)
        {
            if (length == source.Length)
            {
                return false;
            }

            byte part = source[length++];
            total += (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                value = (int)total;
                return total <= Max;
            }
        }

        return false;
    }

    /// <summary>Writes an integer behind the bits that share its first byte.</summary>
    /// <param name="destination">Room for five bytes.</param>
    /// <param name="pattern">Those bits.</param>
    /// <param name="prefixBits">How many bits of the first byte belong to the integer.</param>
    /// <param name="value">The number, up to <see cref="Max"/>.</param>
    /// <returns>How many bytes it wrote.</returns>
    public static int Write(Span<byte> destination, byte pattern, int prefixBits, int value)
    {
        int limit = (1 << prefixBits) - 1;
        if (value < limit)
        {
            destination[0] = (byte)(pattern | value);
            return 1;
        }

        destination[0] = (byte)(pattern | limit);
        int length = 1;
        for (value -= limit; value >= 0x80; value >>= ContinuationBits)
        {
            destination[length++] = (byte)(value | 0x80);
        }

        destination[length++] = (byte)value;
        return length;
    }
}
