namespace GostNet.Internal.Http;

/// <summary>The lines that heads of HTTP/1 are made of (RFC 9112).</summary>
internal static class HttpLines
{
    /// <summary>What the protocol's name and major version look like in a status line.</summary>
    public static ReadOnlySpan<byte> Protocol => "HTTP/1."u8;

    /// <summary>Where the head ends and what follows it begins, or -1 if the head is not complete.</summary>
    /// <remarks>A line may end with LF alone (RFC 9112, section 2.2).</remarks>
    /// <param name="source">The bytes so far.</param>
    /// <param name="scanned">How many of them were looked through before; keeps the work linear however small the pieces.</param>
    public static int FindHeadEnd(ReadOnlySpan<byte> source, int scanned)
    {
        int position = Math.Max(0, scanned - 2); // an earlier LF may be the first half of the end
        while (true)
        {
            int lineFeed = source[position..].IndexOf((byte)'\n');
            if (lineFeed < 0)
            {
                return -1;
            }

            position += lineFeed + 1;
            switch (source[position..])
            {
                case [(byte)'\n', ..]:
                    return position + 1;
                case [(byte)'\r', (byte)'\n', ..]:
                    return position + 2;
            }
        }
    }

    /// <summary>Reads HTTP/1.x SP 3DIGIT [SP reason] (RFC 9112, section 4), without the end of the line.</summary>
    public static bool TryReadStatusLine(ReadOnlySpan<byte> line, out int minorVersion, out int statusCode, out int reasonStart)
    {
        (minorVersion, statusCode, reasonStart) = (0, 0, 0);
        if (!line.StartsWith(Protocol)
            || line[Protocol.Length..] is not [var minor, (byte)' ', var hundreds, var tens, var ones, .. var reason]
            || !char.IsAsciiDigit((char)minor) || hundreds == (byte)'0'
            || !char.IsAsciiDigit((char)hundreds) || !char.IsAsciiDigit((char)tens) || !char.IsAsciiDigit((char)ones)
            || reason is [not (byte)' ', ..])
        {
            return false;
        }

        minorVersion = minor - '0';
        statusCode = ((hundreds - '0') * 100) + ((tens - '0') * 10) + (ones - '0');
        reasonStart = line.Length - reason.Length + (reason.IsEmpty ? 0 : 1);
        return true;
    }
}
