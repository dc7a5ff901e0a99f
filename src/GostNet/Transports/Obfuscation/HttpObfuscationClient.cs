using System.Security.Cryptography;

namespace GostNet.Transports.Obfuscation;

/// <summary>The client side of <c>ohttp</c>: a request for a WebSocket, then bytes as they are (transports, section 5.7).</summary>
/// <remarks>It is ready at once. The request leaves with the first payload in one write, as GOST's does; the response is looked at by
/// whoever reads first.</remarks>
internal sealed class HttpObfuscationClient : IConnectionLayer
{
    private readonly string _host;
    private readonly string _userAgent;
    private readonly TimeProvider _time;

    /// <summary>Makes the client side for one node.</summary>
    /// <param name="options">What the request says.</param>
    /// <param name="node">The node's address.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">A text cannot stand in a request.</exception>
    public HttpObfuscationClient(HttpObfuscationOptions options, HostEndPoint node, TimeProvider time)
    {
        _host = options.Host ?? node.ToString();
        _userAgent = options.UserAgent;
        _time = time;
        if (!HttpObfuscationCodec.IsFieldText(_host) || _host.Contains(' '))
        {
            throw new ArgumentException($"'{_host}' cannot stand in a Host field; write host or host:port in ASCII.", nameof(options));
        }

        if (!HttpObfuscationCodec.IsFieldText(_userAgent))
        {
            throw new ArgumentException("The user agent is empty or has characters that a header line cannot carry.", nameof(options));
        }
    }

    public ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        Span<byte> nonce = stackalloc byte[HttpObfuscationCodec.NonceLength];
        RandomNumberGenerator.Fill(nonce);
        byte[] request = HttpObfuscationCodec.CreateRequest(_host, _userAgent, nonce);
        return new(new ObfuscationConnection(new HttpObfuscationStream(carrier, request, _time)));
    }
}
