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
        return Push(TransportLayerKind.Tls, (context, above) => new TlsServer(
            options,
            SelfSignedCertificate.NamesOf(context.Address.Host),
            context.Time,
            context.Logger,
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
        return Push(TransportLayerKind.WebSocket, (context, _) => new WebSocketServer(options, context.Time));
    }

    /// <summary>A beginning that looks like that of a WebSocket, and then the bytes as they are: no security, and no cost. GOST's
    /// <c>ohttp</c>.</summary>
    public ServerTransport HttpObfuscation() =>
        Push(TransportLayerKind.HttpObfuscation, (context, _) => new HttpObfuscationServer(context.Time));

    /// <summary>A beginning and records that look like those of TLS: no security. GOST's <c>otls</c>, which 2.8.1 does not have.</summary>
    public ServerTransport TlsObfuscation() =>
        Push(TransportLayerKind.TlsObfuscation, (context, _) => new TlsObfuscationServer(context.Time));

    /// <summary>Many connections over one, as streams of HTTP/2 (RFC 9113) that are opened with CONNECT. GOST's <c>h2c</c>, and over TLS
    /// <c>h2</c>. Nothing can be put over it.</summary>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ServerTransport Http2(Http2ServerOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Http2, (context, _) => new Http2ServerLayer(options, context.Time));
    }

    /// <summary>Many connections over one, by smux version 1. GOST's <c>mtls</c>, <c>mws</c> and <c>mwss</c>. Nothing can be put over it.</summary>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ServerTransport Multiplex(MultiplexOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Smux, (context, _) =>
            new SmuxLayer(SmuxRole.Server, SmuxOptions.Answering with { MaxFrameSize = options.MaxFrameSize }, context.Time));
    }

    /// <summary>A layer that is not of this library, which makes one connection of one.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="create">Makes the server's end of it for one listener. It may throw an <see cref="ArgumentException"/>, whose message is
    /// then one of those of <see cref="ForwardBuilder.Build"/>.</param>
    /// <param name="traits">What it does besides.</param>
    public ServerTransport With(string name, Func<LayerContext, IConnectionLayer> create, TransportTraits traits = TransportTraits.None) =>
        this with { Stack = Stack.Push(TransportLayer.Foreign(name, create, multiplexes: false, traits)) };

    /// <summary>A layer that is not of this library, which carries many connections over one. Nothing can be put over it.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="create">Makes the server's end of it for one listener, as for <see cref="With"/>.</param>
    /// <param name="traits">What it does besides.</param>
    public ServerTransport WithSessions(
        string name, Func<LayerContext, IMultiplexLayer> create, TransportTraits traits = TransportTraits.None) =>
        this with { Stack = Stack.Push(TransportLayer.Foreign(name, create, multiplexes: true, traits)) };

    /// <summary>GOST's name for the transport, or the names of the layers if it has none.</summary>
    public override string ToString() => Stack.Scheme;

    /// <summary>HTTP/2 of a proxy server: each stream is a request.</summary>
    internal ServerTransport Http2Proxy() => Push(TransportLayerKind.Http2Proxy, (context, _) => Http2ServerLayer.ForRequests(context.Time));

    private ServerTransport Push(TransportLayerKind kind, Func<LayerContext, TransportLayerKind?, object> create) =>
        this with { Stack = Stack.Push(new(kind, create)) };
}
