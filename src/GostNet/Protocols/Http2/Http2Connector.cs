using System.Net;
using GostNet.Internal;
using GostNet.Protocols.Http;

namespace GostNet.Protocols.Http2;

/// <summary>Asks an HTTP/2 proxy for a connection (RFC 9113, section 8.5), with or without a Basic login (RFC 7617).</summary>
/// <remarks>The node's connections are streams of a session, each of which begins with a request:
/// <see cref="IRequestingConnection"/>.</remarks>
internal sealed class Http2Connector : IConnector
{
    private readonly string _node;
    private readonly string _userAgent;
    private readonly string? _authorization;

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="node">What messages and exceptions call the node.</param>
    /// <param name="credential">The login, or <see langword="null"/> for none.</param>
    /// <param name="userAgent">The product that is named to the proxy; "" names none.</param>
    /// <exception cref="ArgumentException">The user name has a colon, or one of the texts a character that cannot be sent.</exception>
    public Http2Connector(string node, NetworkCredential? credential = null, string userAgent = HttpConnector.DefaultUserAgent)
    {
        _node = node;
        _userAgent = BasicLogin.CheckUserAgent(userAgent);
        _authorization = BasicLogin.Write(credential);
    }

    public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        if (node is not IRequestingConnection stream)
        {
            throw new ArgumentException("The connection to an HTTP/2 proxy has to be a stream of HTTP/2.", nameof(node));
        }

        NodeExchange exchange = new("HTTP/2", _node, target, node.Stream);
        ResponseHead response;
        try
        {
            response = await stream.RequestAsync(CreateRequest(target), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw exchange.Failure(
                (e as ForwardException)?.Error ?? ForwardError.ConnectionClosed, "gave no answer to CONNECT", innerException: e);
        }

        if (response.StatusCode is >= 200 and < 300)
        {
            return node;
        }

        (ForwardError error, bool isTargetFault) = HttpRefusal.Explain(response.StatusCode, _authorization is not null);
        throw exchange.Failure(error, $"answered {response.StatusCode}", isTargetFault);
    }

    private RequestHead CreateRequest(HostEndPoint target)
    {
        List<HeaderField> fields = [];
        if (_userAgent.Length > 0)
        {
            fields.Add(new("user-agent", _userAgent));
        }

        if (_authorization is not null)
        {
            fields.Add(new("proxy-authorization", _authorization));
        }

        return new() { Method = "CONNECT", Authority = AsciiHost.Encode(target).ToString(), Fields = [.. fields] };
    }
}
