using System.Net.Security;
using GostNet.Transports;
using GostNet.Transports.Http2;
using GostNet.Transports.Multiplexing;
using GostNet.Transports.Obfuscation;
using GostNet.Transports.Tls;
using GostNet.Transports.WebSockets;

namespace GostNet;

/// <summary>How bytes travel to a node of a chain: the layers over TCP, put one over the other from the lowest to the highest.</summary>
/// <remarks>Each method gives a new transport with one more layer on top, and leaves this one as it is. The other end has to have the same
/// layers: <see cref="ServerTransport"/>, or GOST's scheme of the name that <see cref="ToString"/> tells.</remarks>
/// <example>
/// <code>
/// new ForwardBuilder().ViaSocks5("gw.example.com:443", new() { Transport = ClientTransport.Tcp.Tls().WebSocket(new() { Path = "/chat" }) })
/// </code>
/// </example>
public sealed class ClientTransport
{
    private ClientTransport(TransportStack stack, int sessions = 1)
    {
        Stack = stack;
        Sessions = sessions;
    }

    /// <summary>TCP alone.</summary>
    public static ClientTransport Tcp { get; } = new(TransportStack.Tcp);

    internal TransportStack Stack { get; }

    /// <summary>How many sessions share the connections, if the top layer multiplexes.</summary>
    internal int Sessions { get; }

    /// <summary>TLS 1.2 or 1.3 (RFC 8446). GOST's <c>tls</c>.</summary>
    /// <param name="options">How the server is checked; by default as a browser would.</param>
    public ClientTransport Tls(TlsClientOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Tls, (context, above) => new TlsClient(
            options,
            context.Address.Host,
            sendsName: true,
            context.Time,
            above is TransportLayerKind.Http2 or TransportLayerKind.Http2Proxy ? [SslApplicationProtocol.Http2] : []));
    }

    /// <summary>WebSocket (RFC 6455), whose messages are taken for a stream of bytes. GOST's <c>ws</c>, and over TLS <c>wss</c>.</summary>
    /// <param name="options">What the server is asked; the defaults if <see langword="null"/>.</param>
    public ClientTransport WebSocket(WebSocketClientOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.WebSocket, (context, _) => new WebSocketClient(options, context.Address, context.Time));
    }

    /// <summary>A beginning that looks like that of a WebSocket, and then the bytes as they are: no security, and no cost. GOST's
    /// <c>ohttp</c>.</summary>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ClientTransport HttpObfuscation(HttpObfuscationOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.HttpObfuscation, (context, _) => new HttpObfuscationClient(options, context.Address, context.Time));
    }

    /// <summary>A beginning and records that look like those of TLS: no security. GOST's <c>otls</c>, which 2.8.1 does not have.</summary>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ClientTransport TlsObfuscation(TlsObfuscationOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.TlsObfuscation, (context, _) => new TlsObfuscationClient(options, context.Address, context.Time));
    }

    /// <summary>Many connections over one, as streams of HTTP/2 (RFC 9113) that are opened with CONNECT. GOST's <c>h2c</c>, and over TLS
    /// <c>h2</c>. Nothing can be put over it.</summary>
    /// <remarks>The first connection to the node opens the one below, and the others share it, until it is full; a minute after the last it
    /// is closed. Unlike <see cref="Multiplex"/>, a stream that is not read holds up no other.</remarks>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ClientTransport Http2(Http2ClientOptions? options = null)
    {
        options = (options ?? new()) with { };
        return Push(TransportLayerKind.Http2, (context, _) => new Http2ClientLayer(options, context.Address.ToString(), context.Time));
    }

    /// <summary>Many connections over one, by smux version 1. GOST's <c>mtls</c>, <c>mws</c> and <c>mwss</c>. Nothing can be put over it.</summary>
    /// <remarks>The first connection to the node opens the one below, and the others share it; a minute after the last it is closed.</remarks>
    /// <param name="options">The options; the defaults if <see langword="null"/>.</param>
    public ClientTransport Multiplex(MultiplexOptions? options = null)
    {
        options = (options ?? new()) with { };
        return new(
            Stack.Push(new(TransportLayerKind.Smux, (context, _) =>
                new SmuxLayer(SmuxRole.Client, SmuxOptions.Asking with { MaxFrameSize = options.MaxFrameSize }, context.Time))),
            options.Sessions);
    }

    /// <summary>A layer that is not of this library, which makes one connection of one.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="create">Makes the client's end of it for one node. It may throw an <see cref="ArgumentException"/>, whose message is then
    /// one of those of <see cref="ForwardBuilder.Build"/>.</param>
    /// <param name="traits">What it does besides.</param>
    public ClientTransport With(string name, Func<LayerContext, IConnectionLayer> create, TransportTraits traits = TransportTraits.None) =>
        new(Stack.Push(TransportLayer.Foreign(name, create, multiplexes: false, traits)), Sessions);

    /// <summary>A layer that is not of this library, which carries many connections over one. Nothing can be put over it.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="create">Makes the client's end of it for one node, as for <see cref="With"/>.</param>
    /// <param name="traits">What it does besides.</param>
    /// <param name="sessions">How many sessions, each over a connection of its own, share the connections to a node.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is to be less than one session.</exception>
    public ClientTransport WithSessions(
        string name, Func<LayerContext, IMultiplexLayer> create, TransportTraits traits = TransportTraits.None, int sessions = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sessions, 1);
        return new(Stack.Push(TransportLayer.Foreign(name, create, multiplexes: true, traits)), sessions);
    }

    /// <summary>GOST's name for the transport, or the names of the layers if it has none.</summary>
    public override string ToString() => Stack.Scheme;

    /// <summary>HTTP/2 to a proxy: what each stream is for, the proxy is told by its first request.</summary>
    internal ClientTransport Http2Proxy() => Push(TransportLayerKind.Http2Proxy, (context, _) => Http2ClientLayer.ForRequests(context.Time));

    private ClientTransport Push(TransportLayerKind kind, Func<LayerContext, TransportLayerKind?, object> create) =>
        new(Stack.Push(new(kind, create)), Sessions);
}
