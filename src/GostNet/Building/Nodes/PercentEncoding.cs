using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace GostNet.Building.Nodes;

/// <summary>Undoes percent-encoding (RFC 3986, section 2.1), strictly: every percent sign begins an escape, and the result is UTF-8.</summary>
internal static class PercentEncoding
{
    /// <summary>Decodes a text.</summary>
    /// <param name="text">As it stands in the URL.</param>
    /// <param name="plusIsBlank">Whether it is form-encoded, as a query is.</param>
    /// <param name="result">The decoded text.</param>
    public static bool TryDecode(string text, bool plusIsBlank, [NotNullWhen(true)] out string? result)
    {
        result = text;
        if (!text.Contains('%') && !(plusIsBlank && text.Contains('+')))
        {
            return true;
        }

        var bytes = new List<byte>(text.Length);
        byte[] source = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '%')
            {
                if (i + 2 >= source.Length
                    || !char.IsAsciiHexDigit((char)source[i + 1]) || !char.IsAsciiHexDigit((char)source[i + 2]))
                {
                    result = null;
                    return false;
                }

                bytes.Add(Convert.FromHexString([(char)source[i + 1], (char)source[i + 2]])[0]);
                i += 2;
            }
            else
            {
                bytes.Add(plusIsBlank && source[i] == '+' ? (byte)' ' : source[i]);
            }
        }

        ReadOnlySpan<byte> decoded = CollectionsMarshal.AsSpan(bytes);
        result = Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : null;
        return result is not null;
    }
}
