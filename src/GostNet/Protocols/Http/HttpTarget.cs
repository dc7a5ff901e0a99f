using System.Text;

namespace GostNet.Protocols.Http;

/// <summary>What a request to a proxy is for.</summary>
internal readonly struct HttpTarget
{
    private const int DefaultPort = 80;

    private HttpTarget(HttpTargetForm form, HostEndPoint endPoint, Range authority, Range path, byte[]? host = null)
    {
        Form = form;
        EndPoint = endPoint;
        Authority = authority;
        Path = path;
        Host = host;
    }

    /// <summary>Its form.</summary>
    public HttpTargetForm Form { get; }

    /// <summary>Whom to dial; <see langword="null"/> if the form is <see cref="HttpTargetForm.Other"/>.</summary>
    public HostEndPoint? EndPoint { get; }

    /// <summary>Where in the target's text the host and port are, as the client wrote them.</summary>
    public Range Authority { get; }

    /// <summary>The host and port where they do not stand in the target's text; else <see langword="null"/>.</summary>
    public byte[]? Host { get; }

    /// <summary>Where in the target's text path and query are. They may be empty, or begin with '?'.</summary>
    public Range Path { get; }

    private static ReadOnlySpan<byte> Scheme => "http://"u8;

    /// <summary>Reads the target of a CONNECT.</summary>
    /// <remarks>The port has to be there (RFC 9110, section 9.3.6). GOST takes 80 if it is not.</remarks>
    public static HttpTarget OfConnect(ReadOnlySpan<byte> text) =>
        TryReadAuthority(text, isPortNeeded: true) is { } endPoint ? new(HttpTargetForm.Authority, endPoint, .., ^0..) : default;

    /// <summary>Reads the target of any other request. Only <c>http</c> is for a proxy to ask for: <c>https</c> is what CONNECT is
    /// for.</summary>
    public static HttpTarget OfRequest(ReadOnlySpan<byte> text)
    {
        if (text.Length < Scheme.Length || !Ascii.EqualsIgnoreCase(text[..Scheme.Length], Scheme) || text.Contains((byte)'#'))
        {
            return default;
        }

        int length = text[Scheme.Length..].IndexOfAny((byte)'/', (byte)'?');
        int pathStart = length < 0 ? text.Length : Scheme.Length + length;
        return TryReadAuthority(text[Scheme.Length..pathStart], isPortNeeded: false) is { } endPoint
            ? new(HttpTargetForm.Absolute, endPoint, Scheme.Length..pathStart, pathStart..)
            : default;
    }

    /// <summary>Reads the target of a request to the target itself (RFC 9112, section 3.2.1), <c>*</c> of OPTIONS included.</summary>
    /// <param name="text">The target's text.</param>
    /// <param name="host">The Host field.</param>
    public static HttpTarget OfOrigin(ReadOnlySpan<byte> text, ReadOnlySpan<byte> host) =>
        (text is [(byte)'/', ..] || text.SequenceEqual("*"u8)) && !text.Contains((byte)'#')
        && TryReadAuthority(host, isPortNeeded: false) is { } endPoint
            ? new(HttpTargetForm.Origin, endPoint, ^0.., text is [(byte)'*'] ? ^0.. : .., host.ToArray())
            : default;

    /// <summary>The same request to somebody else.</summary>
    /// <param name="host">Host and port; only for CONNECT does the latter have to be there.</param>
    /// <returns>The same target if that is none.</returns>
    public HttpTarget WithHost(byte[] host) =>
        TryReadAuthority(host, isPortNeeded: Form == HttpTargetForm.Authority) is { } endPoint
            ? new(Form, endPoint, Authority, Path, host)
            : this;

    /// <summary>Reads <c>host[:port]</c> in ASCII: no user, no percent, and a port that can be dialled.</summary>
    private static HostEndPoint? TryReadAuthority(ReadOnlySpan<byte> bytes, bool isPortNeeded)
    {
        if (bytes.IsEmpty || !Ascii.IsValid(bytes) || bytes.Contains((byte)'%'))
        {
            return null;
        }

        string text = Encoding.ASCII.GetString(bytes);
        if (!isPortNeeded && (text.EndsWith(']') || !text.Contains(':')))
        {
            text = $"{text}:{DefaultPort}";
        }
        else if (!isPortNeeded && text.EndsWith(':'))
        {
            text = $"{text}{DefaultPort}"; // RFC 3986, section 3.2.3: the port may be empty
        }

        return HostEndPoint.TryParse(text, null, out HostEndPoint? endPoint) && endPoint is { Host.Length: > 0, Port: > 0 }
            ? endPoint
            : null;
    }
}
