using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GostNet.Protocols.Http;

/// <summary>What somebody without a login is answered (proxies, section 1.3).</summary>
internal sealed record HttpProbeResist
{
    private const int MinCode = 200; // what is below is no final answer
    private const int MaxCode = 599;

    private HttpProbeResist(HttpProbeKind kind) => Kind = kind;

    /// <summary>The kind of answer.</summary>
    public HttpProbeKind Kind { get; }

    /// <summary>Of <see cref="HttpProbeKind.Code"/>: the status.</summary>
    public int StatusCode { get; private init; }

    /// <summary>Of <see cref="HttpProbeKind.Web"/>: the page.</summary>
    public Uri? Page { get; private init; }

    /// <summary>Of <see cref="HttpProbeKind.Host"/>: the server.</summary>
    public HostEndPoint? Host { get; private init; }

    /// <summary>Of <see cref="HttpProbeKind.File"/>: the file, as it was written.</summary>
    public string? FileName { get; private init; }

    /// <summary>Reads <c>code:N</c>, <c>web:URL</c>, <c>host:HOST:PORT</c> or <c>file:PATH</c>, or says what to write instead.</summary>
    /// <remarks>GOST answers 503 for a type that it does not know, and 407 if there is no colon.</remarks>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out HttpProbeResist? result, [NotNullWhen(false)] out string? problem)
    {
        int colon = text.IndexOf(':');
        string value = text[(colon + 1)..];
        (result, problem) = (colon < 0 ? "" : text[..colon]) switch
        {
            "code" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int code)
                && code is >= MinCode and <= MaxCode
                ? Ok(new(HttpProbeKind.Code) { StatusCode = code })
                : Wrong($"'{value}' is not a status; write a number from {MinCode} to {MaxCode}"),
            "web" => Uri.TryCreate(
                value.StartsWith("http", StringComparison.Ordinal) ? value : $"http://{value}", UriKind.Absolute, out Uri? page)
                && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps) && page.Host.Length > 0
                ? Ok(new(HttpProbeKind.Web) { Page = page })
                : Wrong($"'{value}' is not the URL of a page; write web:http://host/page"),
            "host" => HostEndPoint.TryParse(value, out HostEndPoint? host, out string? why)
                ? host.Port > 0 ? Ok(new(HttpProbeKind.Host) { Host = host }) : Wrong($"'{value}' has port 0")
                : Wrong(why),
            "file" => value.Length > 0
                ? Ok(new(HttpProbeKind.File) { FileName = value })
                : Wrong("there is no name of a file; write file:PATH"),
            _ => Wrong($"'{text}' is not known; write one of code:STATUS, web:URL, host:HOST:PORT, file:PATH"),
        };
        return result is not null;
    }

    private static (HttpProbeResist?, string?) Ok(HttpProbeResist result) => (result, null);

    private static (HttpProbeResist?, string?) Wrong(string problem) => (null, problem);
}
