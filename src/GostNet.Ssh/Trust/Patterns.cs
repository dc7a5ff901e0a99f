namespace GostNet.Ssh.Trust;

/// <summary>Patterns as OpenSSH has them: <c>*</c> and <c>?</c>, lists between commas, and <c>!</c> for what shall not be. Letters of ASCII
/// are the same in upper and lower case.</summary>
internal static class Patterns
{
    /// <summary>Whether a name is one of those that a pattern means.</summary>
    /// <remarks>In the worst case this takes time in proportion to the product of both lengths.</remarks>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        (int p, int n) = (0, 0);
        (int star, int tried) = (-1, 0); // the last star, and up to where it reaches in the name
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, tried) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || ToLower(pattern[p]) == ToLower(name[n])))
            {
                (p, n) = (p + 1, n + 1);
            }
            else if (star >= 0)
            {
                (p, n) = (star + 1, ++tried);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept((byte)'*') < 0;
    }

    /// <summary>Whether a list means a name: one of its patterns matches, and none of those behind a <c>!</c>.</summary>
    public static bool IsListMatch(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name)
    {
        bool isMatch = false;
        foreach (Range range in list.Split((byte)','))
        {
            ReadOnlySpan<byte> pattern = list[range];
            bool isNegated = pattern.StartsWith((byte)'!');
            if (IsMatch(isNegated ? pattern[1..] : pattern, name))
            {
                if (isNegated)
                {
                    return false;
                }

                isMatch = true;
            }
        }

        return isMatch;
    }

    private static byte ToLower(byte letter) => letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
}
