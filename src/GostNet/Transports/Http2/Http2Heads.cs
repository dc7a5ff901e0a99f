using System.Globalization;
using GostNet.Internal.Http;

namespace GostNet.Transports.Http2;

/// <summary>Requests and responses as fields (RFC 9113, section 8).</summary>
internal static class Http2Heads
{
    private const string Method = ":method";
    private const string Authority = ":authority";
    private const string Scheme = ":scheme";
    private const string Path = ":path";
    private const string Status = ":status";

    /// <summary>Reads a request strictly: what is malformed is refused (RFC 9113, section 8.1.1).</summary>
    public static bool TryReadRequest(List<HeaderField> fields, out RequestHead request)
    {
        request = new() { Method = "" };
        int pseudo = 0;
        for (; pseudo < fields.Count && fields[pseudo].Name.StartsWith(':'); pseudo++)
        {
            (string name, string value) = fields[pseudo];
            bool isNew = name switch
            {
                Method => request.Method.Length == 0,
                Authority => request.Authority is null,
                Scheme => request.Scheme is null,
                Path => request.Path is null,
                _ => false,
            };
            if (!isNew || !IsValue(value))
            {
                return false;
            }

            request = name switch
            {
                Method => request with { Method = value },
                Authority => request with { Authority = value },
                Scheme => request with { Scheme = value },
                _ => request with { Path = value },
            };
        }

        if (!AreFields(fields, pseudo) || !IsToken(request.Method))
        {
            return false;
        }

        request = request with { Fields = [.. fields.Skip(pseudo)] };
        return request.Method == "CONNECT"
            ? request is { Authority.Length: > 0, Scheme: null, Path: null } // RFC 9113, section 8.5
            : request is { Scheme.Length: > 0, Path.Length: > 0 };
    }

    /// <summary>Reads a response.</summary>
    public static bool TryReadResponse(List<HeaderField> fields, out ResponseHead response)
    {
        response = new(0, []);
        if (fields is not [{ Name: Status, Value: { Length: 3 } status }, ..] || !AreFields(fields, 1)
            || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int statusCode) || statusCode < 100)
        {
            return false;
        }

        response = new(statusCode, [.. fields.Skip(1)]);
        return true;
    }

    /// <summary>The fields of a request, in the order of GOST.</summary>
    public static HeaderField[] Write(RequestHead request)
    {
        List<HeaderField> fields = [];
        Add(Authority, request.Authority);
        Add(Method, request.Method);
        Add(Path, request.Path);
        Add(Scheme, request.Scheme);
        return [.. fields, .. request.Fields];

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                fields.Add(new(name, value));
            }
        }
    }

    /// <summary>The fields of a response.</summary>
    public static HeaderField[] Write(ResponseHead response) =>
        [new(Status, response.StatusCode.ToString(CultureInfo.InvariantCulture)), .. response.Fields];

    private static bool AreFields(List<HeaderField> fields, int start)
    {
        for (int i = start; i < fields.Count; i++)
        {
            // What is about one connection of HTTP/1 makes a message malformed (RFC 9113, section 8.2.2).
            (string name, string value) = fields[i];
            if (!IsToken(name) || name.AsSpan().ContainsAnyInRange('A', 'Z') || !IsValue(value)
                || name is "connection" or "proxy-connection" or "keep-alive" or "transfer-encoding" or "upgrade"
                || (name == "te" && value != "trailers"))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(character => character <= 0x7F && HttpHead.IsTokenByte((byte)character));

    private static bool IsValue(string text) => text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;
}
