using GostNet.Transports.Tls;

namespace GostNet.Building.Nodes;

/// <summary>The transports that node URLs can name, by GOST's words for them (gost-nodes, section 1.3): what each is made of, at both
/// ends.</summary>
internal static class NodeTransports
{
    private static readonly Dictionary<string, NodeTransportRow> Table = new()
    {
        ["tcp"] = new((_, _) => ClientTransport.Tcp, (_, _) => ServerTransport.Tcp),
        ["tls"] = new(OverTls, ServedOverTls),
        ["mtls"] = new((node, files) => Multiplex(OverTls(node, files), node), (node, files) => ServedOverTls(node, files).Multiplex()),
        ["ws"] = new((node, _) => WebSocket(ClientTransport.Tcp, node), (node, _) => WebSocket(ServerTransport.Tcp, node)),
        ["mws"] = new(
            (node, _) => Multiplex(WebSocket(ClientTransport.Tcp, node), node), (node, _) => WebSocket(ServerTransport.Tcp, node).Multiplex()),
        ["wss"] = new((node, files) => WebSocket(OverTls(node, files), node), (node, files) => WebSocket(ServedOverTls(node, files), node)),
        ["mwss"] = new(
            (node, files) => Multiplex(WebSocket(OverTls(node, files), node), node),
            (node, files) => WebSocket(ServedOverTls(node, files), node).Multiplex()),
        ["h2"] = new((node, files) => Http2(OverTls(node, files), node), (node, files) => Http2(ServedOverTls(node, files), node)),
        ["h2c"] = new((node, _) => Http2(ClientTransport.Tcp, node), (node, _) => Http2(ServerTransport.Tcp, node)),
        ["http2"] = new((node, files) => OverTls(node, files).Http2Proxy(), (node, files) => ServedOverTls(node, files).Http2Proxy()),
        ["ohttp"] = new((node, _) => ClientTransport.Tcp.HttpObfuscation(HttpDisguise(node)), (_, _) => ServerTransport.Tcp.HttpObfuscation()),
        ["otls"] = new(
            (node, _) => ClientTransport.Tcp.TlsObfuscation(new() { Host = node.Parameters.Text("host") }),
            (_, _) => ServerTransport.Tcp.TlsObfuscation()),
    };


    // GOST's names for them.
    private const string DefaultCertificate = "cert.pem";
    private const string DefaultKey = "key.pem";

    /// <summary>The words, for messages.</summary>
    public static string Known => string.Join(", ", Table.Keys);

    public static bool Knows(NodeScheme scheme) => Table.ContainsKey(WordOf(scheme));

    /// <summary>Why a transport is not here, if there is more to say than that; begins with a blank.</summary>
    public static string WhyNot(NodeScheme scheme) => scheme.Transport switch
    {
        "quic" => " QUIC needs libmsquic, which many systems lack; use h2, which keeps connections apart as well.",
        "obfs4" or "ftcp" => $" {scheme.Transport} is not planned; use wss, which passes for a web server's traffic.",
        "kcp" or "ssh" => $" {scheme.Transport} is to come, as a package of its own.",
        _ => "",
    };

    /// <summary>Whether the transport carries many connections over one.</summary>
    public static bool Multiplexes(string transport) => transport is "mtls" or "mws" or "mwss" or "h2" or "h2c" or "http2";

    /// <summary>The transport to a node of a chain.</summary>
    /// <exception cref="ArgumentException">A parameter cannot be used, such as a file that is not a certificate.</exception>
    public static ClientTransport ToClient(NodeUrl node, NodeFiles files) => Table[WordOf(node.Scheme)].Client(node, files);

    /// <summary>The transport of a node to serve.</summary>
    /// <exception cref="ArgumentException">As for <see cref="ToClient"/>.</exception>
    public static ServerTransport ToServer(NodeUrl node, NodeFiles files) => Table[WordOf(node.Scheme)].Server(node, files);

    // Shadowsocks for datagrams stands on UDP by itself; what is left of it for a connection is the server's TCP port.
    private static string WordOf(NodeScheme scheme) => scheme is { Protocol: "ssu", Transport: "udp" } ? "tcp" : scheme.Transport;

    /// <summary>What a node to serve says of its certificate. Without a word it is GOST's <c>cert.pem</c> and <c>key.pem</c> in the working
    /// directory if both are there, and else one that the server makes for itself (transports, section 3).</summary>
    public static TlsServerOptions ReadServerTls(NodeUrl node, NodeFiles files)
    {
        NodeParameters parameters = node.Parameters;
        var options = new TlsServerOptions
        {
            SelfSignedFile = parameters.Text("selfsigned") is { } kept ? files.Resolve(kept) : null,
            ClientAuthorities = parameters.Text("ca") is { } ca ? PemFile.ReadCertificates(files.Resolve(ca)) : [],
        };
        (string? certificate, string? key) = (parameters.Text("cert"), parameters.Text("key"));
        if (certificate is null && options.SelfSignedFile is null && files.Exists(DefaultCertificate) && files.Exists(DefaultKey))
        {
            (certificate, key) = (DefaultCertificate, DefaultKey);
        }

        if (certificate is not null && key is not null)
        {
            (options.CertificateFile, options.KeyFile) = (files.Resolve(certificate), files.Resolve(key));
        }

        return options;
    }

    /// <summary>Without <c>secure=true</c>, <c>ca</c> checks whose certificate it is and not for which name, and without either nothing is
    /// checked; whether that is taken is not decided here (transports, sections 3 and 10).</summary>
    private static TlsClientOptions ReadClientTls(NodeUrl node, NodeFiles files)
    {
        NodeParameters parameters = node.Parameters;
        bool isSecure = parameters.Boolean("secure") ?? false;
        var options = new TlsClientOptions
        {
            Verify = isSecure || parameters.Has("ca"),
            CheckName = isSecure,
            ServerName = parameters.Text("sni"),
            Pins = parameters.Text("pin") is { } pins ? [.. pins.Split(',')] : [],
            CertificateAuthorities = parameters.Text("ca") is { } ca ? PemFile.ReadCertificates(files.Resolve(ca)) : [],
        };
        if (parameters.Text("cert") is { } certificate && parameters.Text("key") is { } key)
        {
            TlsIdentity identity = PemFile.ReadIdentity(files.Resolve(certificate), files.Resolve(key));
            (options.ClientCertificate, options.ClientIntermediates) = (identity.Certificate, [.. identity.Context.IntermediateCertificates]);
        }

        return options;
    }

    private static ClientTransport OverTls(NodeUrl node, NodeFiles files) => ClientTransport.Tcp.Tls(ReadClientTls(node, files));

    private static ServerTransport ServedOverTls(NodeUrl node, NodeFiles files) => ServerTransport.Tcp.Tls(ReadServerTls(node, files));

    private static ClientTransport WebSocket(ClientTransport below, NodeUrl node)
    {
        NodeParameters parameters = node.Parameters;
        var options = new WebSocketClientOptions { Host = parameters.Text("host"), Compression = parameters.Boolean("compression") ?? false };
        options.Path = parameters.Text("path") ?? options.Path;
        options.UserAgent = parameters.Text("agent") ?? options.UserAgent;
        options.MaxMessageSize = parameters.Count("wbuf") ?? options.MaxMessageSize;
        return below.WebSocket(options);
    }

    private static ServerTransport WebSocket(ServerTransport below, NodeUrl node)
    {
        var options = new WebSocketServerOptions { Compression = node.Parameters.Boolean("compression") ?? false };
        options.Path = node.Parameters.Text("path") ?? options.Path;
        return below.WebSocket(options);
    }

    private static ClientTransport Http2(ClientTransport below, NodeUrl node) =>
        below.Http2(new() { Host = node.Parameters.Text("host"), Path = node.Parameters.Text("path") });

    private static ServerTransport Http2(ServerTransport below, NodeUrl node) => below.Http2(new() { Path = node.Parameters.Text("path") });

    private static HttpObfuscationOptions HttpDisguise(NodeUrl node)
    {
        var options = new HttpObfuscationOptions { Host = node.Parameters.Text("host") };
        options.UserAgent = node.Parameters.Text("agent") ?? options.UserAgent;
        return options;
    }

    private static ClientTransport Multiplex(ClientTransport below, NodeUrl node)
    {
        var options = new MultiplexOptions();
        options.Sessions = node.Parameters.Count("sessions") ?? options.Sessions;
        return below.Multiplex(options);
    }
}
