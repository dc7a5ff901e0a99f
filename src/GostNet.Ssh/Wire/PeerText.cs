using System.Globalization;
using System.Text;

namespace GostNet.Ssh.Wire;

/// <summary>Makes what a peer said fit for logs and messages: one line, no escape sequences, not too long.</summary>
internal static class PeerText
{
    /// <summary>How much of it is shown.</summary>
    public const int MaxLength = 200;

    /// <summary>The text, cut at <see cref="MaxLength"/>, with everything that is not printable as \xNN.</summary>
    /// <param name="text">UTF-8, or what a hostile peer takes for it.</param>
    public static string Escape(ReadOnlySpan<byte> text)
    {
        // Four bytes are the most that one character takes.
        string decoded = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * MaxLength)]);
        var shown = new StringBuilder(Math.Min(decoded.Length, MaxLength));
        foreach (char c in decoded)
        {
            if (shown.Length >= MaxLength)
            {
                return shown.Append('…').ToString();
            }

            bool isHidden = char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
            _ = isHidden ? shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : shown.Append(c);
        }

        return shown.ToString();
    }
}
