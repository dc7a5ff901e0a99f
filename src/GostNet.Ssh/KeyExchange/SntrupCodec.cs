namespace GostNet.Ssh.KeyExchange;

/// <summary>Packs numbers that are less than some limit into as few bytes as make sense (NTRU Prime, "Encode" and "Decode").</summary>
/// <remarks>Two neighbours make one number, whose low bytes are written until it is small again; so on with what is left, until there is
/// one. To encode takes the same time for all numbers. What is decoded is public, and is divided.</remarks>
internal static class SntrupCodec
{
    /// <summary>From here on a number's low byte is written.</summary>
    private const uint Small = 1 << 14;

    /// <summary>Writes numbers.</summary>
    /// <param name="numbers">They are overwritten.</param>
    /// <param name="limit">What they are less than.</param>
    /// <param name="destination">As many bytes as it takes.</param>
    public static void Encode(Span<uint> numbers, uint limit, Span<byte> destination)
    {
        uint[] limits = new uint[numbers.Length];
        limits.AsSpan().Fill(limit);
        int written = 0;
        for (int count = numbers.Length; count > 1; count = (count + 1) / 2)
        {
            for (int i = 0; i < count / 2; i++)
            {
                uint number = numbers[2 * i] + (numbers[(2 * i) + 1] * limits[2 * i]);
                uint max = limits[2 * i] * limits[(2 * i) + 1];
                for (; max >= Small; max = (max + 255) >> 8, number >>= 8)
                {
                    destination[written++] = (byte)number;
                }

                (numbers[i], limits[i]) = (number, max);
            }

            if (count % 2 != 0)
            {
                (numbers[count / 2], limits[count / 2]) = (numbers[count - 1], limits[count - 1]);
            }
        }

        for (uint max = limits[0]; max > 1; max = (max + 255) >> 8, numbers[0] >>= 8)
        {
            destination[written++] = (byte)numbers[0];
        }
    }

    /// <summary>Reads numbers. Of any bytes it makes numbers that are less than the limit.</summary>
    public static void Decode(ReadOnlySpan<byte> source, uint limit, Span<uint> numbers)
    {
        uint[] limits = new uint[numbers.Length];
        limits.AsSpan().Fill(limit);
        Decode(source, limits, numbers);
    }

    private static void Decode(ReadOnlySpan<byte> source, ReadOnlySpan<uint> limits, Span<uint> numbers)
    {
        if (limits.Length == 1)
        {
            (uint number, _) = TakeLow(ref source, limits[0], small: 2);
            numbers[0] = number % limits[0];
            return;
        }

        uint[] low = new uint[limits.Length / 2];
        uint[] scales = new uint[low.Length];
        uint[] highLimits = new uint[(limits.Length + 1) / 2];
        highLimits[^1] = limits[^1];
        for (int i = 0; i < low.Length; i++)
        {
            uint max = limits[2 * i] * limits[(2 * i) + 1];
            (low[i], int bytes) = TakeLow(ref source, max, Small);
            scales[i] = 1u << (8 * bytes);
            for (; bytes > 0; bytes--)
            {
                max = (max + 255) >> 8;
            }

            highLimits[i] = max;
        }

        uint[] high = new uint[highLimits.Length];
        Decode(source, highLimits, high);
        numbers[limits.Length - 1] = high[^1];
        for (int i = 0; i < low.Length; i++)
        {
            (uint rest, numbers[2 * i]) = Math.DivRem(low[i] + (high[i] * scales[i]), limits[2 * i]);
            numbers[(2 * i) + 1] = rest % limits[(2 * i) + 1];
        }
    }

    /// <summary>Takes the bytes that were written of a number less than a limit, to make it less than a smaller one.</summary>
    private static (uint Number, int Bytes) TakeLow(ref ReadOnlySpan<byte> source, uint limit, uint small)
    {
        uint number = 0;
        int bytes = 0;
        for (; limit >= small; limit = (limit + 255) >> 8)
        {
            number |= (uint)source[bytes] << (8 * bytes);
            bytes++;
        }

        source = source[bytes..];
        return (number, bytes);
    }
}
