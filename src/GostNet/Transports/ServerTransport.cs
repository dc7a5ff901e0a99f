using System.Net.Security;
using GostNet.Transports;
using GostNet.Transports.Http2;
using GostNet.Transports.Multiplexing;
using GostNet.Transports.Obfuscation;
using GostNet.Transports.Tls;
using GostNet.Transports.WebSockets;

namespace GostNet;

/// <summary>How bytes travel from clients to a forward or proxy server: the layers over TCP, put one over the other from the lowest to the
/// highest.</summary>
/// <remarks>Each method gives a new transport with one more layer on top, and leaves this one as it is. Clients have to have the same layers:
/// <see cref="ClientTransport"/>, or GOST's scheme of the name that <see cref="ToString"/> tells. Handshakes run beside one another, and a
/// target is dialled only after the handshake.</remarks>
/// <example>
/// <code>
/// new ForwardBuilder().LocalTcp(":443", "127.0.0.1:1443", new() { Transport = ServerTransport.Tcp.Tls(new() { CertificateFile = "cert.pem", KeyFile = "key.pem" }) })
/// </code>
/// </example>
public sealed record ServerTransport
{
    private ServerTransport(TransportStack stack) => Stack = stack;

    /// <summary>TCP alone.</summary>
    public static ServerTransport Tcp { get; } = new(TransportStack.Tcp);

    /// <summary>How long a client may take from its TCP connection to the last handshake.</summary>
    /// <value>10 seconds by default.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many clients may be in the middle of their handshakes. Further ones wait to be accepted; if a handshake is older than a
    /// second then, the oldest of the address with the most of them is given up.</summary>
    /// <value>1024 by default.</value>
    public int MaxHandshakes { get; init; } = 1024;

    internal TransportStack Stack { get; private init; }

    /// <summary>TLS 1.2 or 1.3 (RFC 8446). GOST's <c>tls</c>.</summary>
    /// <param name="options">The certificate, and how clients are checked. By default the server makes a certificate for itself.</param>
    public ServerTransport Tls(TlsServerOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Tls, (ground, above) => new TlsServer(
            options,
            SelfSignedCertificate.NamesOf(ground.Address.Host),
            ground.Time,
            ground.Logger,
            above switch
            {
                TransportLayerKind.Http2 => [SslApplicationProtocol.Http2],
                TransportLayerKind.Http2Proxy => [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                _ => [],
            }));
    }

    /// <summary>WebSocket (RFC 6455), whose messages are taken for a stream of bytes. GOST's <c>ws</c>, and over TLS <c>wss</c>.</summary>
    /// <param name="options">Which requests become one; the defaults if <see langword="null"/>.</param>
    public ServerTransport WebSocket(WebSocketServerOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.WebSocket, (ground, _) => new WebSocketServer(options, ground.Time));
    }

    /// <summary>A beginning that looks like that of a WebSocket, and then the bytes as they are: no security, and no cost. GOST's
    /// <c>ohttp</c>.</summary>
    public ServerTransport HttpObfuscation() =>
        Push(TransportLayerKind.HttpObfuscation, (ground, _) => new HttpObfuscationServer(ground.Time));

    /// <summary>A beginning and records that look like those of TLS: no security. GOST's <c>otls</c>, which 2.8.1 does not have.</summary>
    public ServerTransport TlsObfuscation() =>
        Push(TransportLayerKind.TlsObfuscation, (ground, _) => new TlsObfuscationServer(ground.Time));

    /// <summary>Many connections over one, as streams of HTTP/2 (RFC 9113) that are opened with CONNECT. GOST's <c>h2c</c>, and over TLS
    /// <c>h2</c>. Nothing can be put over it.</summary>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ServerTransport Http2(Http2ServerOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Http2, (ground, _) => new Http2ServerLayer(options, ground.Time));
    }

    /// <summary>Many connections over one, by smux version 1. GOST's <c>mtls</c>, <c>mws</c> and <c>mwss</c>. Nothing can be put over it.</summary>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ServerTransport Multiplex(MultiplexOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Smux, (ground, _) =>
            new SmuxLayer(SmuxRole.Server, SmuxOptions.Answering with { MaxFrameSize = options.MaxFrameSize }, ground.Time));
    }

    /// <summary>GOST's name for the transport, or the names of the layers if it has none.</summary>
    public override string ToString() => Stack.Scheme;

    /// <summary>HTTP/2 of a proxy server: each stream is a request.</summary>
    internal ServerTransport Http2Proxy() => Push(TransportLayerKind.Http2Proxy, (ground, _) => Http2ServerLayer.ForRequests(ground.Time));

    private ServerTransport Push(TransportLayerKind kind, Func<TransportGround, TransportLayerKind?, object> create) =>
        this with { Stack = Stack.Push(new(kind, create)) };
}
