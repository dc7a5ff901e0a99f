namespace GostNet.Transports.Http2;

/// <summary>The fields that both sides of HPACK know from the start (RFC 7541, appendix A).</summary>
internal static class HpackStaticTable
{
    private static readonly HeaderField[] Fields =
    [
        new(":authority", ""), new(":method", "GET"), new(":method", "POST"), new(":path", "/"), new(":path", "/index.html"),
        new(":scheme", "http"), new(":scheme", "https"), new(":status", "200"), new(":status", "204"), new(":status", "206"),
        new(":status", "304"), new(":status", "400"), new(":status", "404"), new(":status", "500"), new("accept-charset", ""),
        new("accept-encoding", "gzip, deflate"), new("accept-language", ""), new("accept-ranges", ""), new("accept", ""),
        new("access-control-allow-origin", ""), new("age", ""), new("allow", ""), new("authorization", ""), new("cache-control", ""),
        new("content-disposition", ""), new("content-encoding", ""), new("content-language", ""), new("content-length", ""),
        new("content-location", ""), new("content-range", ""), new("content-type", ""), new("cookie", ""), new("date", ""),
        new("etag", ""), new("expect", ""), new("expires", ""), new("from", ""), new("host", ""), new("if-match", ""),
        new("if-modified-since", ""), new("if-none-match", ""), new("if-range", ""), new("if-unmodified-since", ""),
        new("last-modified", ""), new("link", ""), new("location", ""), new("max-forwards", ""), new("proxy-authenticate", ""),
        new("proxy-authorization", ""), new("range", ""), new("referer", ""), new("refresh", ""), new("retry-after", ""),
        new("server", ""), new("set-cookie", ""), new("strict-transport-security", ""), new("transfer-encoding", ""),
        new("user-agent", ""), new("vary", ""), new("via", ""), new("www-authenticate", ""),
    ];

    /// <summary>How many there are. Indexes above are of the dynamic table.</summary>
    public static int Count => Fields.Length;

    /// <summary>The field of an index from 1 on.</summary>
    public static HeaderField Get(int index) => Fields[index - 1];

    /// <summary>Finds a field, or another one of its name.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isWhole">Whether the value is the same too.</param>
    /// <returns>The index, or 0 if the name is not known.</returns>
    public static int Find(HeaderField field, out bool isWhole)
    {
        isWhole = true;
        int index = Array.IndexOf(Fields, field) + 1;
        if (index == 0)
        {
            isWhole = false;
            index = Array.FindIndex(Fields, known => known.Name == field.Name) + 1;
        }

        return index;
    }
}
