using System.Net;
using GostNet.Internal;
using GostNet.Internal.Http;

namespace GostNet.Protocols.Http;

/// <summary>Asks an HTTP proxy for a connection (RFC 9110, section 9.3.6), with or without a Basic login (RFC 7617).</summary>
internal sealed class HttpConnector : IConnector
{
    /// <summary>GOST 2.8.1's user agent (proxies, section 2).</summary>
    public const string DefaultUserAgent = "Chrome/60.0.3112.90";

    private const int InitialBufferLength = 1024;
    private const int MaxHeadLength = 64 * 1024; // of all heads together: a proxy may send any number of 1xx
    private const string Awaited = "the response to CONNECT";

    private readonly string _node;
    private readonly string _userAgent;
    private readonly string? _authorization;

    /// <summary>Makes the connector of one node.</summary>
    /// <param name="node">What messages and exceptions call the node.</param>
    /// <param name="credential">The login, or <see langword="null"/> for none.</param>
    /// <param name="userAgent">The product that is named to the proxy; "" names none.</param>
    /// <exception cref="ArgumentException">The user name has a colon, or one of the texts a character that cannot be sent.</exception>
    public HttpConnector(string node, NetworkCredential? credential = null, string userAgent = DefaultUserAgent)
    {
        _node = node;
        _userAgent = BasicLogin.CheckUserAgent(userAgent);
        _authorization = BasicLogin.Write(credential);
    }

    public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(target);
        NodeExchange exchange = new("HTTP", _node, target, node.Stream);
        byte[] request = HttpConnectCodec.WriteRequest(AsciiHost.Encode(target), _userAgent, _authorization);
        await exchange.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // What comes after the head was sent by the target, and is kept (gost-nodes, section 6, D3).
        (HttpConnectResponse response, ReadOnlyMemory<byte> surplus) =
            await ReceiveAsync(exchange, cancellationToken).ConfigureAwait(false);
        return response.StatusCode is >= 200 and < 300
            ? PrefixedConnection.Create(surplus.Span, node)
            : throw Refused(exchange, response);
    }

    /// <summary>Reads heads up to the final one. A 101 is final, and is no success: nobody asked for another protocol.</summary>
    private static async ValueTask<(HttpConnectResponse Response, ReadOnlyMemory<byte> Surplus)> ReceiveAsync(
        NodeExchange exchange, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[InitialBufferLength];
        int start = 0;
        int scanned = 0;
        int count = 0;
        while (true)
        {
            Memory<byte> head = buffer.AsMemory(start, count - start);
            int length = HttpLines.FindHeadEnd(head.Span, scanned);
            if (length >= 0)
            {
                if (!HttpConnectCodec.TryReadResponse(head.Span[..length], out HttpConnectResponse response))
                {
                    throw exchange.Malformed(head.Span, Awaited);
                }

                if (response.StatusCode is >= 200 or 101)
                {
                    return (response, head[length..]);
                }

                start += length;
                scanned = 0;
                continue;
            }

            if (!HttpConnectCodec.MayBeResponse(head.Span))
            {
                throw exchange.Malformed(head.Span, Awaited);
            }

            if (count == MaxHeadLength)
            {
                throw exchange.Failure(ForwardError.ProtocolError, $"answered with a head of more than {MaxHeadLength} bytes");
            }

            if (count == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            scanned = head.Length;
            count += await exchange.ReadSomeAsync(buffer.AsMemory(count), Awaited, cancellationToken).ConfigureAwait(false);
        }
    }

    private ForwardException Refused(NodeExchange exchange, HttpConnectResponse response)
    {
        // tinyproxy has words of its own: 401 for a wrong login, and 404 or that 500 for a target it cannot resolve or reach.
        (ForwardError error, bool isTargetFault) =
            response.StatusCode == 500 && response.StatusLine.EndsWith(" Unable to connect", StringComparison.Ordinal)
                ? (ForwardError.TargetUnreachable, true)
                : HttpRefusal.Explain(response.StatusCode, _authorization is not null);
        return exchange.Failure(error, $"answered '{response.StatusLine}'", isTargetFault);
    }
}
