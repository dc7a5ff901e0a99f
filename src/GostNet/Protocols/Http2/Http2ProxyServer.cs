using System.Text;
using GostNet.Protocols.Http;

namespace GostNet.Protocols.Http2;

/// <summary>An HTTP/2 proxy: CONNECT (RFC 9113, section 8.5; transports, section 5.6). Each stream is a client of its own.</summary>
/// <remarks>Requests other than CONNECT are answered with 405. A client that is no stream of HTTP/2 is one of HTTP/1.1, and is served as
/// such.</remarks>
internal sealed class Http2ProxyServer : IProxyServer
{
    private readonly HttpProxySettings _options;
    private readonly HttpProxyServer _http1;

    /// <summary>Makes a server.</summary>
    /// <exception cref="ArgumentException">As for <see cref="HttpProxyServer"/>.</exception>
    public Http2ProxyServer(HttpProxySettings options)
    {
        _options = options;
        _http1 = new(options);
    }

    public Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken) =>
        client is IRequestedConnection stream
            ? ServeAsync(stream, host, cancellationToken)
            : _http1.ServeAsync(client, host, cancellationToken);

    private static int StatusOfFailedDial(ForwardError error) => error switch
    {
        ForwardError.Forbidden => 403,
        ForwardError.TimedOut => 504,
        _ => 503,
    };

    private async Task ServeAsync(IRequestedConnection stream, IProxyHost host, CancellationToken cancellationToken)
    {
        RequestHead request = stream.Request;
        HttpTarget target = request.Method == "CONNECT" ? HttpTarget.OfConnect(Encoding.Latin1.GetBytes(request.Authority!)) : default;
        if (host.Authenticator is { } authenticator)
        {
            LogIn(stream, authenticator, target);
        }

        if (request.Method != "CONNECT")
        {
            throw Refuse(
                stream, 405, ForwardError.CommandNotSupported, $"The client asked for {request.Method}, and only CONNECT is served.");
        }

        if (target.EndPoint is not { } endPoint)
        {
            throw Refuse(
                stream, 400, ForwardError.ProtocolError, "The client asked to be connected to something that is not host:port.");
        }

        IConnection connection;
        try
        {
            connection = await host.DialAsync(endPoint, cancellationToken).ConfigureAwait(false);
        }
        catch (ForwardException e)
        {
            Answer(stream, StatusOfFailedDial(e.Error));
            throw;
        }

        try
        {
            stream.Respond(new(200, [new("proxy-agent", _options.Agent)]), isLast: false);
        }
        catch
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await host.RelayAsync(stream, connection, endPoint).ConfigureAwait(false);
    }

    /// <summary>Lets nobody pass without a login. Somebody who does not know that this is a proxy is not told: the status is that of
    /// <see cref="HttpProbeKind.Code"/>, or 404, for no page goes over CONNECT.</summary>
    private void LogIn(IRequestedConnection stream, IAuthenticator authenticator, HttpTarget target)
    {
        HeaderField[] logins = [.. stream.Request.Fields.Where(field => field.Name == "proxy-authorization")];
        if (logins is [var login] && BasicLogin.TryRead(Encoding.Latin1.GetBytes(login.Value), out string userName, out string password)
            && authenticator.Authenticate(userName, password))
        {
            return;
        }

        (ForwardError error, string message) = logins.Length == 0
            ? (ForwardError.AuthenticationRequired, "The client sent no login.")
            : (ForwardError.AuthenticationFailed, "The client sent a login that is not valid.");
        if (_options.ProbeResist is { } probe && !IsKnock(target))
        {
            TryRespond(stream, new(probe.Kind == HttpProbeKind.Code ? probe.StatusCode : 404, []));
            throw new ForwardException(error, message);
        }

        throw Refuse(stream, 407, error, message, new HeaderField("proxy-authenticate", $"Basic realm=\"{_options.Realm}\""));
    }

    private bool IsKnock(HttpTarget target) =>
        _options.Knock is { Length: > 0 } knock && string.Equals(target.EndPoint?.Host, knock, StringComparison.OrdinalIgnoreCase);

    private ForwardException Refuse(
        IRequestedConnection stream, int statusCode, ForwardError error, string message, params HeaderField[] fields)
    {
        Answer(stream, statusCode, fields);
        return new(error, message);
    }

    private void Answer(IRequestedConnection stream, int statusCode, params HeaderField[] fields) =>
        TryRespond(stream, new(statusCode, [new("proxy-agent", _options.Agent), .. fields]));

    /// <summary>Gives an answer that ends the stream. A client that has gone misses it, and the reason for it says more.</summary>
    private static void TryRespond(IRequestedConnection stream, ResponseHead response)
    {
        try
        {
            stream.Respond(response, isLast: true);
        }
        catch (IOException)
        {
        }
    }
}
