using System.Buffers;
using System.Globalization;
using System.Text;

namespace GostNet.Internal.Http;

/// <summary>The head of a request or response, read strictly: what two readers could understand in two ways is refused
/// (RFC 9112; proxies, section 8).</summary>
/// <remarks>It looks into the bytes that it was given, and is good for as long as they are. It can be used for another head
/// then.</remarks>
internal sealed class HttpHead
{
    /// <summary>How many fields a head may have (proxies, section 8).</summary>
    public const int MaxFields = 100;

    private const int InitialFields = 16;
    private const int MaxLengthDigits = 18;

    // RFC 9110, section 5.6.2
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // All that a field value or a reason cannot have: control characters but for the tab.
    private static readonly SearchValues<byte> ControlBytes = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000A\u000B\u000C\u000D\u000E\u000F\u0010\u0011\u0012\u0013\u0014"u8
        + "\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F"u8);

    private HttpField[] _fields = new HttpField[InitialFields];
    private ReadOnlyMemory<byte> _source;
    private (int Start, int Length) _method;
    private (int Start, int Length) _target;
    private (int Start, int Length) _reason;

    /// <summary>1 or 0, of HTTP/1.x.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>A request's method.</summary>
    public ReadOnlySpan<byte> Method => Slice(_method);

    /// <summary>A request's target, as it stands in the request line.</summary>
    public ReadOnlySpan<byte> Target => Slice(_target);

    /// <summary>A response's status.</summary>
    public int StatusCode { get; private set; }

    /// <summary>A response's reason.</summary>
    public ReadOnlySpan<byte> Reason => Slice(_reason);

    /// <summary>The fields, in their order.</summary>
    public ReadOnlySpan<HttpField> Fields => _fields.AsSpan(0, Count);

    /// <summary>The length that the fields tell, be there a body or not; <see langword="null"/> if they tell none.</summary>
    public long? ContentLength => TryReadContentLength(out long? length) ? length : null;

    private int Count { get; set; }

    /// <summary>Reads a whole head of a request. Lines end with CR LF and nothing else.</summary>
    public HttpHeadError ReadRequest(ReadOnlyMemory<byte> head)
    {
        ReadOnlySpan<byte> span = Begin(head);
        int lineEnd = span.IndexOf((byte)'\n');
        if (lineEnd <= 0 || span[lineEnd - 1] != (byte)'\r')
        {
            return lineEnd < 0 ? HttpHeadError.BadRequestLine : HttpHeadError.BareLineFeed;
        }

        ReadOnlySpan<byte> line = span[..(lineEnd - 1)];
        int methodEnd = line.IndexOf((byte)' ');
        int versionStart = line.LastIndexOf((byte)' ') + 1;
        if (methodEnd <= 0 || versionStart <= methodEnd + 2 || line[..methodEnd].ContainsAnyExcept(TokenBytes)
            || !TryReadVersion(line[versionStart..]))
        {
            return HttpHeadError.BadRequestLine;
        }

        _method = (0, methodEnd);
        _target = (methodEnd + 1, versionStart - methodEnd - 2);
        if (Target.ContainsAnyInRange((byte)0, (byte)' ') || Target.Contains((byte)0x7F))
        {
            return HttpHeadError.BadRequestLine;
        }

        HttpHeadError error = ReadFields(span, lineEnd + 1, isStrict: true);
        if (error != HttpHeadError.None)
        {
            return error;
        }

        int hosts = 0;
        foreach (HttpField field in Fields)
        {
            hosts += field.Kind == HttpFieldKind.Host ? 1 : 0;
        }

        return hosts > 1 || (hosts == 0 && MinorVersion > 0) ? HttpHeadError.BadHost : HttpHeadError.None;
    }

    /// <summary>Reads a whole head of a response. A line may end with LF alone (RFC 9112, section 2.2): old servers do that, and it goes
    /// on to the client with CR LF.</summary>
    public HttpHeadError ReadResponse(ReadOnlyMemory<byte> head)
    {
        ReadOnlySpan<byte> span = Begin(head);
        int lineEnd = span.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = lineEnd < 0 ? default : span[..lineEnd];
        line = line is [.. var before, (byte)'\r'] ? before : line;
        if (!HttpLines.TryReadStatusLine(line, out int minorVersion, out int statusCode, out int reasonStart)
            || minorVersion > 1 || line[reasonStart..].ContainsAny(ControlBytes))
        {
            return HttpHeadError.BadStatusLine;
        }

        (MinorVersion, StatusCode) = (minorVersion, statusCode);
        _reason = (reasonStart, line.Length - reasonStart);
        return ReadFields(span, lineEnd + 1, isStrict: false);
    }

    public ReadOnlySpan<byte> Name(HttpField field) => _source.Span.Slice(field.NameStart, field.NameLength);

    public ReadOnlySpan<byte> Value(HttpField field) => _source.Span.Slice(field.ValueStart, field.ValueLength);

    /// <summary>Finds the value of the one field of a kind.</summary>
    /// <returns><see langword="false"/> if there is none, or more than one.</returns>
    public bool TryGetSingle(HttpFieldKind kind, out ReadOnlySpan<byte> value)
    {
        value = default;
        int count = 0;
        foreach (HttpField field in Fields)
        {
            if (field.Kind == kind)
            {
                value = Value(field);
                count++;
            }
        }

        return count == 1;
    }

    public bool Has(HttpFieldKind kind)
    {
        foreach (HttpField field in Fields)
        {
            if (field.Kind == kind)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a list among the fields of a kind has this member, in any case.</summary>
    public bool ListHas(HttpFieldKind kind, ReadOnlySpan<byte> member)
    {
        foreach (HttpField field in Fields)
        {
            if (field.Kind != kind)
            {
                continue;
            }

            ReadOnlySpan<byte> rest = Value(field);
            while (!rest.IsEmpty)
            {
                int comma = rest.IndexOf((byte)',');
                ReadOnlySpan<byte> item = comma < 0 ? rest : rest[..comma];
                if (Ascii.EqualsIgnoreCase(item.Trim(" \t"u8), member))
                {
                    return true;
                }

                rest = comma < 0 ? default : rest[(comma + 1)..];
            }
        }

        return false;
    }

    /// <summary>Whether a field is for one connection only, and goes no further (RFC 9110, section 7.6.1).</summary>
    /// <remarks>What says where the message ends does not count: whoever passes the message on says that anew.</remarks>
    public bool IsHopByHop(HttpField field) => field.Kind switch
    {
        HttpFieldKind.Host or HttpFieldKind.ContentLength or HttpFieldKind.TransferEncoding => false,
        HttpFieldKind.Other or HttpFieldKind.UserAgent => ListHas(HttpFieldKind.Connection, Name(field)),
        _ => true,
    };

    /// <summary>How a request's body ends.</summary>
    public HttpHeadError ReadRequestFraming(out HttpFraming framing)
    {
        HttpHeadError error = ReadFraming(out framing);
        if (framing.Kind == HttpFramingKind.UntilClose)
        {
            framing = new(HttpFramingKind.None); // a request without a length has no body
        }

        return error;
    }

    /// <summary>How a response's body ends.</summary>
    /// <param name="isToHead">Whether it answers a HEAD.</param>
    /// <param name="framing">The way.</param>
    public HttpHeadError ReadResponseFraming(bool isToHead, out HttpFraming framing)
    {
        HttpHeadError error = ReadFraming(out framing);
        if (isToHead || StatusCode is < 200 or 204 or 304)
        {
            framing = new(HttpFramingKind.None); // whatever the fields say
        }

        return error;
    }

    /// <summary>Whether a name may have this byte.</summary>
    public static bool IsTokenByte(byte value) => TokenBytes.Contains(value);

    private static HttpFieldKind KindOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Is(name, "TE"u8) => HttpFieldKind.HopByHop,
        4 when Is(name, "Host"u8) => HttpFieldKind.Host,
        7 when Is(name, "Upgrade"u8) => HttpFieldKind.Upgrade,
        7 when Is(name, "Trailer"u8) => HttpFieldKind.HopByHop,
        10 when Is(name, "User-Agent"u8) => HttpFieldKind.UserAgent,
        10 when Is(name, "Connection"u8) => HttpFieldKind.Connection,
        10 when Is(name, "Keep-Alive"u8) => HttpFieldKind.HopByHop,
        11 when Is(name, "Gost-Target"u8) => HttpFieldKind.Proxy,
        14 when Is(name, "Content-Length"u8) => HttpFieldKind.ContentLength,
        16 when Is(name, "Proxy-Connection"u8) => HttpFieldKind.ProxyConnection,
        17 when Is(name, "Transfer-Encoding"u8) => HttpFieldKind.TransferEncoding,
        19 when Is(name, "Proxy-Authorization"u8) => HttpFieldKind.ProxyAuthorization,
        > 6 when Is(name[..6], "Proxy-"u8) => HttpFieldKind.Proxy,
        _ => HttpFieldKind.Other,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    private ReadOnlySpan<byte> Begin(ReadOnlyMemory<byte> head)
    {
        _source = head;
        Count = 0;
        (_method, _target, _reason) = (default, default, default);
        return head.Span;
    }

    private ReadOnlySpan<byte> Slice((int Start, int Length) part) => _source.Span.Slice(part.Start, part.Length);

    private bool TryReadVersion(ReadOnlySpan<byte> text)
    {
        MinorVersion = text.SequenceEqual("HTTP/1.1"u8) ? 1 : 0;
        return MinorVersion == 1 || text.SequenceEqual("HTTP/1.0"u8);
    }

    /// <summary>Reads field lines up to the empty one (RFC 9112, section 5).</summary>
    private HttpHeadError ReadFields(ReadOnlySpan<byte> head, int position, bool isStrict)
    {
        while (true)
        {
            int length = head[position..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return HttpHeadError.BadFieldName; // not a whole head
            }

            ReadOnlySpan<byte> line = head.Slice(position, length);
            if (line is [.. var before, (byte)'\r'])
            {
                line = before;
            }
            else if (isStrict)
            {
                return HttpHeadError.BareLineFeed;
            }

            if (line.IsEmpty)
            {
                return HttpHeadError.None;
            }

            if (line[0] is (byte)' ' or (byte)'\t')
            {
                return HttpHeadError.FoldedLine;
            }

            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
            {
                return HttpHeadError.BadFieldName;
            }

            ReadOnlySpan<byte> value = line[(colon + 1)..];
            if (value.ContainsAny(ControlBytes))
            {
                return HttpHeadError.BadFieldValue;
            }

            int blanks = value.IndexOfAnyExcept((byte)' ', (byte)'\t');
            int valueStart = colon + 1 + Math.Max(blanks, 0);
            if (Count == MaxFields)
            {
                return HttpHeadError.TooManyFields;
            }

            if (Count == _fields.Length)
            {
                Array.Resize(ref _fields, Math.Min(MaxFields, _fields.Length * 2));
            }

            _fields[Count++] = new HttpField(
                KindOf(line[..colon]), position, colon, position + valueStart, blanks < 0 ? 0 : value.Trim(" \t"u8).Length);
            position += length + 1;
        }
    }

    private HttpHeadError ReadFraming(out HttpFraming framing)
    {
        framing = new(HttpFramingKind.UntilClose);
        if (Has(HttpFieldKind.TransferEncoding))
        {
            if (Has(HttpFieldKind.ContentLength))
            {
                return HttpHeadError.TwoLengths;
            }

            framing = new(HttpFramingKind.Chunked);
            return MinorVersion > 0 && TryGetSingle(HttpFieldKind.TransferEncoding, out ReadOnlySpan<byte> coding)
                && Ascii.EqualsIgnoreCase(coding, "chunked"u8)
                ? HttpHeadError.None
                : HttpHeadError.BadTransferEncoding;
        }

        if (!TryReadContentLength(out long? length))
        {
            return HttpHeadError.BadContentLength;
        }

        if (length is { } known)
        {
            framing = new(HttpFramingKind.Length, known);
        }

        return HttpHeadError.None;
    }

    /// <summary>Reads Content-Length. The same number said twice is one number (RFC 9110, section 8.6).</summary>
    private bool TryReadContentLength(out long? length)
    {
        length = null;
        foreach (HttpField field in Fields)
        {
            if (field.Kind != HttpFieldKind.ContentLength)
            {
                continue;
            }

            ReadOnlySpan<byte> rest = Value(field);
            while (true)
            {
                int comma = rest.IndexOf((byte)',');
                ReadOnlySpan<byte> item = (comma < 0 ? rest : rest[..comma]).Trim(" \t"u8);
                if (item.Length is 0 or > MaxLengthDigits || item.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                {
                    return false;
                }

                long value = long.Parse(item, NumberStyles.None, CultureInfo.InvariantCulture);
                if (length is { } other && other != value)
                {
                    return false;
                }

                length = value;
                if (comma < 0)
                {
                    break;
                }

                rest = rest[(comma + 1)..];
            }
        }

        return true;
    }
}
