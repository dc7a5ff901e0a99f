using System.Buffers;
using System.Globalization;

namespace GostNet.Internal;

/// <summary>Reads durations as GOST's users write them: Go's <c>1h2m3.5s</c>, or whole seconds (gost-nodes, section 1.8).</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ns", 0.01m),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("µs", TimeSpan.TicksPerMicrosecond), // U+00B5, micro sign
        ("μs", TimeSpan.TicksPerMicrosecond), // U+03BC, Greek letter
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a duration that is not negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
        {
            return TryFromTicks(seconds * (decimal)TimeSpan.TicksPerSecond, out duration);
        }

        ReadOnlySpan<char> rest = text;
        decimal ticks = 0;
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            int numberLength = rest.IndexOfAnyExcept(NumberCharacters);
            if (numberLength <= 0
                || !decimal.TryParse(
                    rest[..numberLength], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                return false;
            }

            rest = rest[numberLength..];
            int unitLength = rest.IndexOfAny(NumberCharacters);
            string unit = rest[..(unitLength < 0 ? rest.Length : unitLength)].ToString();
            decimal ticksPerUnit = Array.Find(Units, u => u.Unit == unit).Ticks;
            if (ticksPerUnit == 0 || number > long.MaxValue / ticksPerUnit)
            {
                return false;
            }

            ticks += number * ticksPerUnit;
            rest = rest[unit.Length..];
        }

        return TryFromTicks(ticks, out duration);
    }

    private static bool TryFromTicks(decimal ticks, out TimeSpan duration)
    {
        bool fits = ticks <= TimeSpan.MaxValue.Ticks;
        duration = fits ? new TimeSpan((long)ticks) : default;
        return fits;
    }
}
