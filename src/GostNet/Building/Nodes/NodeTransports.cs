using System.Collections.Immutable;
using GostNet.Transports.Tls;

namespace GostNet.Building.Nodes;

/// <summary>The transports that node URLs can name, by GOST's words for them (gost-nodes, section 1.3): what each is made of, at both
/// ends.</summary>
internal sealed class NodeTransports
{
    // GOST's names for them.
    private const string DefaultCertificate = "cert.pem";
    private const string DefaultKey = "key.pem";

    private readonly ImmutableArray<TransportScheme> _schemes;
    private readonly ImmutableDictionary<string, NodeParameterRow> _parameters;

    private NodeTransports(
        ImmutableArray<TransportScheme> schemes, ImmutableDictionary<string, NodeParameterRow> parameters)
    {
        _schemes = schemes;
        _parameters = parameters;
    }

    /// <summary>Those of this library.</summary>
    public static NodeTransports BuiltIn { get; } = new TransportScheme[]
    {
        new() { Word = "tcp", Client = _ => ClientTransport.Tcp, Server = _ => ServerTransport.Tcp },
        new() { Word = "tls", Client = OverTls, Server = ServedOverTls },
        new() { Word = "mtls", Client = node => Multiplex(OverTls(node), node), Server = node => ServedOverTls(node).Multiplex() },
        new()
        {
            Word = "ws", Client = node => WebSocket(ClientTransport.Tcp, node), Server = node => WebSocket(ServerTransport.Tcp, node),
        },
        new()
        {
            Word = "mws",
            Client = node => Multiplex(WebSocket(ClientTransport.Tcp, node), node),
            Server = node => WebSocket(ServerTransport.Tcp, node).Multiplex(),
        },
        new() { Word = "wss", Client = node => WebSocket(OverTls(node), node), Server = node => WebSocket(ServedOverTls(node), node) },
        new()
        {
            Word = "mwss",
            Client = node => Multiplex(WebSocket(OverTls(node), node), node),
            Server = node => WebSocket(ServedOverTls(node), node).Multiplex(),
        },
        new() { Word = "h2", Client = node => Http2(OverTls(node), node), Server = node => Http2(ServedOverTls(node), node) },
        new() { Word = "h2c", Client = node => Http2(ClientTransport.Tcp, node), Server = node => Http2(ServerTransport.Tcp, node) },
        new() { Word = "http2", Client = node => OverTls(node).Http2Proxy(), Server = node => ServedOverTls(node).Http2Proxy() },
        new()
        {
            Word = "ohttp",
            Client = node => ClientTransport.Tcp.HttpObfuscation(HttpDisguise(node)),
            Server = _ => ServerTransport.Tcp.HttpObfuscation(),
        },
        new()
        {
            Word = "otls",
            Client = node => ClientTransport.Tcp.TlsObfuscation(new() { Host = node.Text("host") }),
            Server = _ => ServerTransport.Tcp.TlsObfuscation(),
        },
    }.Aggregate(
        new NodeTransports([], ImmutableDictionary<string, NodeParameterRow>.Empty),
        (transports, scheme) => transports.With(scheme));

    /// <summary>The words, for messages.</summary>
    public string Known => string.Join(", ", _schemes.Select(s => s.Word));

    /// <summary>The same, and one more, or another one of the same word.</summary>
    public NodeTransports With(TransportScheme scheme) => new(
        [.. _schemes.Where(s => s.Word != scheme.Word), scheme],
        _parameters.SetItems(scheme.Parameters.Select(p => KeyValuePair.Create(p.Key, NodeParameterRow.Of(p, scheme.Word)))));

    /// <summary>Whether nodes of a scheme can be made.</summary>
    public bool Knows(NodeScheme scheme) =>
        Find(scheme) is { } found && (!scheme.IsForwarding || found.CanForward);

    /// <summary>A parameter by its name, GOST's or a transport's own.</summary>
    public NodeParameterRow? FindParameter(string key) => NodeParameterTable.Find(key) ?? _parameters.GetValueOrDefault(key);

    /// <summary>Why a transport is not here, if there is more to say than that; begins with a blank.</summary>
    public static string WhyNot(NodeScheme scheme) => scheme.Transport switch
    {
        "quic" => " QUIC needs libmsquic, which many systems lack; use h2, which keeps connections apart as well.",
        "obfs4" or "ftcp" => $" {scheme.Transport} is not planned; use wss, which passes for a web server's traffic.",
        "ssh" => " ssh is in the package GostNet.Ssh: add it, and call UseSsh().",
        "kcp" => " kcp is to come, as a package of its own.",
        _ => "",
    };

    /// <summary>Whether the transport carries many connections over one.</summary>
    public static bool Multiplexes(string transport) => transport is "mtls" or "mws" or "mwss" or "h2" or "h2c" or "http2" or "ssh";

    /// <summary>The transport to a node of a chain.</summary>
    /// <exception cref="ArgumentException">A parameter cannot be used, such as a file that is not a certificate.</exception>
    public ClientTransport ToClient(NodeScheme scheme, TransportNode node) => Find(scheme)!.Client(node);

    /// <summary>The transport of a node to serve.</summary>
    /// <exception cref="ArgumentException">As for <see cref="ToClient"/>.</exception>
    public ServerTransport ToServer(NodeScheme scheme, TransportNode node) => Find(scheme)!.Server(node);

    private TransportScheme? Find(NodeScheme scheme)
    {
        // Shadowsocks for datagrams stands on UDP by itself; what is left of it for a connection is the server's TCP port.
        string word = scheme is { Protocol: "ssu", Transport: "udp" } ? "tcp" : scheme.Transport;
        return _schemes.FirstOrDefault(s => s.Word == word);
    }

    /// <summary>What a node to serve says of its certificate. Without a word it is GOST's <c>cert.pem</c> and <c>key.pem</c> in the working
    /// directory if both are there, and else one that the server makes for itself (transports, section 3).</summary>
    public static TlsServerOptions ReadServerTls(TransportNode node)
    {
        NodeParameters parameters = node.Parameters;
        var options = new TlsServerOptions
        {
            SelfSignedFile = parameters.Text("selfsigned") is { } kept ? node.Files.Resolve(kept) : null,
            ClientAuthorities = parameters.Text("ca") is { } ca ? PemFile.ReadCertificates(node.Files.Resolve(ca)) : [],
        };
        (string? certificate, string? key) = (parameters.Text("cert"), parameters.Text("key"));
        if (certificate is null && options.SelfSignedFile is null && node.Files.Exists(DefaultCertificate) && node.Files.Exists(DefaultKey))
        {
            (certificate, key) = (DefaultCertificate, DefaultKey);
        }

        if (certificate is not null && key is not null)
        {
            (options.CertificateFile, options.KeyFile) = (node.Files.Resolve(certificate), node.Files.Resolve(key));
        }

        return options;
    }

    /// <summary>Without <c>secure=true</c>, <c>ca</c> checks whose certificate it is and not for which name, and without either nothing is
    /// checked; whether that is taken is not decided here (transports, sections 3 and 10).</summary>
    private static TlsClientOptions ReadClientTls(TransportNode node)
    {
        NodeParameters parameters = node.Parameters;
        bool isSecure = parameters.Boolean("secure") ?? false;
        var options = new TlsClientOptions
        {
            Verify = isSecure || parameters.Has("ca"),
            CheckName = isSecure,
            ServerName = parameters.Text("sni"),
            Pins = parameters.Text("pin") is { } pins ? [.. pins.Split(',')] : [],
            CertificateAuthorities = parameters.Text("ca") is { } ca ? PemFile.ReadCertificates(node.Files.Resolve(ca)) : [],
        };
        if (parameters.Text("cert") is { } certificate && parameters.Text("key") is { } key)
        {
            TlsIdentity identity = PemFile.ReadIdentity(node.Files.Resolve(certificate), node.Files.Resolve(key));
            (options.ClientCertificate, options.ClientIntermediates) = (identity.Certificate, [.. identity.Context.IntermediateCertificates]);
        }

        return options;
    }

    private static ClientTransport OverTls(TransportNode node) => ClientTransport.Tcp.Tls(ReadClientTls(node));

    private static ServerTransport ServedOverTls(TransportNode node) => ServerTransport.Tcp.Tls(ReadServerTls(node));

    private static ClientTransport WebSocket(ClientTransport below, TransportNode node)
    {
        NodeParameters parameters = node.Parameters;
        var options = new WebSocketClientOptions { Host = parameters.Text("host"), Compression = parameters.Boolean("compression") ?? false };
        options.Path = parameters.Text("path") ?? options.Path;
        options.UserAgent = parameters.Text("agent") ?? options.UserAgent;
        options.MaxMessageSize = parameters.Count("wbuf") ?? options.MaxMessageSize;
        return below.WebSocket(options);
    }

    private static ServerTransport WebSocket(ServerTransport below, TransportNode node)
    {
        var options = new WebSocketServerOptions { Compression = node.Parameters.Boolean("compression") ?? false };
        options.Path = node.Parameters.Text("path") ?? options.Path;
        return below.WebSocket(options);
    }

    private static ClientTransport Http2(ClientTransport below, TransportNode node) =>
        below.Http2(new() { Host = node.Parameters.Text("host"), Path = node.Parameters.Text("path") });

    private static ServerTransport Http2(ServerTransport below, TransportNode node) => below.Http2(new() { Path = node.Parameters.Text("path") });

    private static HttpObfuscationOptions HttpDisguise(TransportNode node)
    {
        var options = new HttpObfuscationOptions { Host = node.Parameters.Text("host") };
        options.UserAgent = node.Parameters.Text("agent") ?? options.UserAgent;
        return options;
    }

    private static ClientTransport Multiplex(ClientTransport below, TransportNode node)
    {
        var options = new MultiplexOptions();
        options.Sessions = node.Parameters.Count("sessions") ?? options.Sessions;
        return below.Multiplex(options);
    }
}
