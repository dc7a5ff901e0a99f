namespace GostNet.Building.Nodes;

/// <summary>The parameters that GOST 2.12 knows, one of our own, and which nodes they mean something to (gost-nodes, section
/// 1.8).</summary>
internal static class NodeParameterTable
{
    private static readonly string[] TlsTransports = ["tls", "mtls", "wss", "mwss", "http2", "h2", "quic"];

    private static readonly Dictionary<string, NodeParameterRow> Rows = new NodeParameterRow[]
    {
        new("strategy", NodeParameterKind.Strategy, ChoosesNodes),
        new("max_fails", NodeParameterKind.Integer, ChoosesNodes),
        new("fail_timeout", NodeParameterKind.Duration, ChoosesNodes),
        new("fastest_count", NodeParameterKind.Count, Nowhere),
        new("retry", NodeParameterKind.Count, (role, _, scheme) => role == NodeRole.Serve || scheme.Transport == "ssh"),
        new("peer", NodeParameterKind.File, OfChain),
        new("ip", NodeParameterKind.Text, ChoosesNodes),

        new("timeout", NodeParameterKind.Duration, (role, mode, _) =>
            role == NodeRole.Chain || mode is NodeMode.Tcp or NodeMode.Rtcp or NodeMode.Tunnel or NodeMode.SshForwardServer),
        new("ttl", NodeParameterKind.Duration, (_, mode, scheme) => mode is NodeMode.Udp or NodeMode.Rudp || scheme.Transport == "quic"),
        new("ping", NodeParameterKind.Duration, (role, _, scheme) => role == NodeRole.Chain && scheme.Transport is "ssh" or "http2"),
        new("keepalive", NodeParameterKind.Boolean, Over("quic")),
        new("idle", NodeParameterKind.Duration, Over("quic")),
        new("backlog", NodeParameterKind.Count, OfUdp),
        new("queue", NodeParameterKind.Count, OfUdp),

        new("mbind", NodeParameterKind.Boolean, Asking("socks5", NodeSchemes.Automatic)),
        new("sessions", NodeParameterKind.Count, (role, _, scheme) => role == NodeRole.Chain
            && (scheme.Protocol is "socks5" or NodeSchemes.Automatic || NodeTransports.Multiplexes(scheme.Transport))), // GostNet's own
        new("notls", NodeParameterKind.Boolean, Asking("socks5", NodeSchemes.Automatic)),
        new("nodelay", NodeParameterKind.Boolean, Asking("relay", "ss")),
        new("tcp", NodeParameterKind.Boolean, Over("kcp")),
        new("c", NodeParameterKind.File, Over("kcp")),
        new("cipher", NodeParameterKind.Text, Over("quic"), Guards: true),
        new("path", NodeParameterKind.Text, Over("ws", "wss", "mws", "mwss", "h2", "h2c")),
        new("host", NodeParameterKind.Text, (role, _, scheme) => role == NodeRole.Chain
            && (scheme.Protocol == "sni" || scheme.Transport is "ohttp" or "otls" or "ws" or "wss" or "mws" or "mwss" or "h2" or "h2c")),
        new("agent", NodeParameterKind.Text, (role, _, scheme) => role == NodeRole.Chain
            && (scheme.Protocol is "http" or NodeSchemes.Automatic || scheme.Transport is "ws" or "wss" or "mws" or "mwss")),
        new("compression", NodeParameterKind.Boolean, Over("ws", "wss", "mws", "mwss")),
        new("rbuf", NodeParameterKind.Count, Over("ws", "wss", "mws", "mwss")),
        new("wbuf", NodeParameterKind.Count, Over("ws", "wss", "mws", "mwss")),
        new("ssh_key", NodeParameterKind.File, Over("ssh"), Guards: true),
        new("ssh_authorized_keys", NodeParameterKind.File, ServedOver("ssh"), Guards: true) { LogsIn = true },

        new("pin", NodeParameterKind.Text, OfTlsClient, Guards: true) { VerifiesPeer = true }, // GostNet's own, as the two below
        new("sni", NodeParameterKind.Text, OfTlsClient, Guards: true),
        new("selfsigned", NodeParameterKind.Text, (role, mode, scheme) => role == NodeRole.Serve && HasCertificate(role, mode, scheme)),
        new("sniport", NodeParameterKind.Count, OfSniServer), // GostNet's own, as the one below
        new("private", NodeParameterKind.Boolean, OfSniServer),
        new("secure", NodeParameterKind.Boolean, (role, _, scheme) => role == NodeRole.Chain
            && (IsVerifiable(scheme.Transport) || scheme.Protocol == "socks5"), Guards: true) { VerifiesPeer = true },
        new("ca", NodeParameterKind.File, Over(TlsTransports), Guards: true),
        new("cert", NodeParameterKind.File, HasCertificate, Guards: true),
        new("key", NodeParameterKind.File, HasCertificate, Guards: true),

        new("secrets", NodeParameterKind.File, (role, mode, scheme) =>
            LogsIn(role, mode, scheme) && !(role == NodeRole.Serve && scheme.IsShadowsocks), Guards: true) { LogsIn = true },
        new("auth", NodeParameterKind.Text, LogsIn, Guards: true),
        new("whitelist", NodeParameterKind.Permissions, OfServer, Guards: true),
        new("blacklist", NodeParameterKind.Permissions, OfServer, Guards: true),
        new("bypass", NodeParameterKind.Text, (role, mode, _) => role == NodeRole.Chain || mode is NodeMode.Proxy, Guards: true),
        new("dns", NodeParameterKind.Text, OfServer),
        new("hosts", NodeParameterKind.File, OfServer),
        new("prefer", NodeParameterKind.Text, OfServer),
        new("knock", NodeParameterKind.Text, OfHttpServer, Guards: true),
        new("probe_resist", NodeParameterKind.Text, OfHttpServer, Guards: true),
        new("proxyAgent", NodeParameterKind.Text, OfHttpServer),
        new("httpTunnel", NodeParameterKind.Boolean, OfHttpServer),
    }.ToDictionary(row => row.Key);

    public static NodeParameterRow? Find(string key) => Rows.GetValueOrDefault(key);

    /// <summary>Whether the peer on this transport proves who it is.</summary>
    public static bool IsVerifiable(string transport) => TlsTransports.Contains(transport) || transport == "ssh";

    /// <summary>Whether such a node sends or checks a login (gost-nodes, section 1.6).</summary>
    public static bool LogsIn(NodeRole role, NodeMode mode, NodeScheme scheme) => role == NodeRole.Serve
        ? scheme.Transport == "ssh"
            || (OfServer(role, mode, scheme) && scheme.Protocol is not ("sni" or "redirect" or "redirectu" or "dns"))
        : scheme.Transport == "ssh" || scheme.Protocol is not ("forward" or "sni");

    private static bool ChoosesNodes(NodeRole role, NodeMode mode, NodeScheme scheme) =>
        role == NodeRole.Chain || mode is not (NodeMode.Proxy or NodeMode.SshForwardServer);

    private static bool Nowhere(NodeRole role, NodeMode mode, NodeScheme scheme) => false;

    private static bool OfChain(NodeRole role, NodeMode mode, NodeScheme scheme) => role == NodeRole.Chain;

    private static bool OfUdp(NodeRole role, NodeMode mode, NodeScheme scheme) => mode is NodeMode.Udp or NodeMode.Rudp;

    private static bool OfServer(NodeRole role, NodeMode mode, NodeScheme scheme) =>
        mode is NodeMode.Proxy or NodeMode.SshForwardServer or NodeMode.RelayServer;

    private static bool OfSniServer(NodeRole role, NodeMode mode, NodeScheme scheme) => role == NodeRole.Serve && scheme.Protocol == "sni";

    private static bool OfTlsClient(NodeRole role, NodeMode mode, NodeScheme scheme) =>
        role == NodeRole.Chain && TlsTransports.Contains(scheme.Transport);

    // A SOCKS5 server has one for TLS within SOCKS5.
    private static bool HasCertificate(NodeRole role, NodeMode mode, NodeScheme scheme) => TlsTransports.Contains(scheme.Transport)
        || (role == NodeRole.Serve && scheme.Transport == "ssh") // GOST's, for the host key
        || (role == NodeRole.Serve && mode == NodeMode.Proxy && scheme.Protocol is "socks5" or NodeSchemes.Automatic);

    private static bool OfHttpServer(NodeRole role, NodeMode mode, NodeScheme scheme) =>
        mode == NodeMode.Proxy && scheme.Protocol is "http" or "http2" or NodeSchemes.Automatic;

    private static Func<NodeRole, NodeMode, NodeScheme, bool> Over(params string[] transports) =>
        (_, _, scheme) => transports.Contains(scheme.Transport);

    private static Func<NodeRole, NodeMode, NodeScheme, bool> ServedOver(string transport) =>
        (role, _, scheme) => role == NodeRole.Serve && scheme.Transport == transport;

    private static Func<NodeRole, NodeMode, NodeScheme, bool> Asking(params string[] protocols) =>
        (role, _, scheme) => role == NodeRole.Chain && protocols.Contains(scheme.Protocol);
}
