using System.Text;

namespace GostNet.Transports.Http2;

/// <summary>The client side of HTTP/2: each stream is a tunnel (transports, section 5.5), or is asked for something by whoever opens it
/// (section 5.6). Whether the server agreed on HTTP/2 in TLS does not matter: GOST's does not.</summary>
internal sealed class Http2ClientLayer : IMultiplexLayer
{
    private const string DefaultUserAgent = "Go-http-client/2.0";

    private readonly Http2Profile _profile;
    private readonly TimeProvider _time;

    /// <summary>Makes a layer whose streams are tunnels.</summary>
    /// <param name="options">What the server is told.</param>
    /// <param name="authority">The server's address, with its port.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">A text cannot stand in a head.</exception>
    public Http2ClientLayer(Http2ClientOptions options, string authority, TimeProvider time)
        : this(CreateRequest(options, authority), time)
    {
    }

    private Http2ClientLayer(RequestHead? tunnelRequest, TimeProvider time)
    {
        _profile = Http2Profile.OfClient(tunnelRequest);
        _time = time;
    }

    /// <summary>Makes a layer whose streams are <see cref="IRequestingConnection"/>.</summary>
    public static Http2ClientLayer ForRequests(TimeProvider time) => new(tunnelRequest: null, time);

    public ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken) =>
        new(Http2Session.Start(carrier, _profile, _time));

    private static RequestHead CreateRequest(Http2ClientOptions options, string authority)
    {
        string userAgent = Check(options.UserAgent ?? DefaultUserAgent, "user agent");
        List<HeaderField> fields = [new("accept-encoding", "gzip")]; // as GOST; no tunnel is compressed
        if (userAgent.Length > 0)
        {
            fields.Add(new("user-agent", userAgent));
        }

        string? path = options.Path is null ? null : Check(options.Path, "path");
        if (path is not null && !path.StartsWith('/'))
        {
            throw new ArgumentException($"The path '{path}' does not begin with '/'.", nameof(options));
        }

        return new()
        {
            Method = path is null ? "CONNECT" : "GET",
            Authority = Check(options.Host ?? authority, "host"),
            Path = path,
            Scheme = path is null ? null : "https", // also without TLS, as GOST
            Fields = [.. fields],
        };
    }

    private static string Check(string text, string what) => Ascii.IsValid(text) && !text.Any(char.IsControl)
        ? text
        : throw new ArgumentException($"The {what} has characters that a head of HTTP/2 cannot carry.", nameof(text));
}
