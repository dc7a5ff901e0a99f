using GostNet.Internal;

namespace GostNet.Protocols.Automatic;

/// <summary>Serves several protocols at one port, and tells them apart by the first byte (proxies, section 4).</summary>
/// <remarks>A client that begins with TLS is closed at once: where TLS is spoken, it is a layer below. In GOST it waits for ever.</remarks>
internal sealed class AutomaticServer : IProxyServer
{
    private const byte Socks4Version = 4;
    private const byte Socks5Version = 5;
    private const byte TlsHandshake = 0x16; // RFC 8446, section 5.1

    private readonly IProxyServer _socks4;
    private readonly IProxyServer _socks5;
    private readonly IProxyServer _http;
    private readonly TimeSpan _firstByteTimeout;

    /// <summary>Makes a server.</summary>
    /// <param name="socks4">Serves clients that begin with 4.</param>
    /// <param name="socks5">Serves clients that begin with 5.</param>
    /// <param name="http">Serves all others.</param>
    /// <param name="firstByteTimeout">How long a client may be silent; 10 seconds if <see langword="null"/>. Its protocol has a limit of
    /// its own from there on.</param>
    public AutomaticServer(IProxyServer socks4, IProxyServer socks5, IProxyServer http, TimeSpan? firstByteTimeout = null)
    {
        _socks4 = socks4;
        _socks5 = socks5;
        _http = http;
        _firstByteTimeout = firstByteTimeout ?? TimeSpan.FromSeconds(10);
    }

    public async Task ServeAsync(IConnection client, IProxyHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(host);
        ClientExchange exchange = new("Proxy", client, host.Time);
        byte[] first = new byte[1];
        int count = await exchange.WithinAsync(
            _firstByteTimeout, token => client.Stream.ReadAsync(first, token), cancellationToken).ConfigureAwait(false);
        IProxyServer server = count == 0
            ? throw exchange.Failure(ForwardError.ConnectionClosed, "ended the connection without a word")
            : first[0] switch
            {
                Socks4Version => _socks4,
                Socks5Version => _socks5,
                TlsHandshake => throw exchange.Failure(ForwardError.ProtocolError, "speaks TLS to a port without TLS"),
                _ => _http,
            };
        await server.ServeAsync(PrefixedConnection.Create(first, client), host, cancellationToken).ConfigureAwait(false);
    }
}
