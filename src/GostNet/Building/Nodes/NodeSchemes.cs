namespace GostNet.Building.Nodes;

/// <summary>The words that a scheme is made of, and which of them go together (gost-nodes, sections 1.3 to 1.5).</summary>
internal static class NodeSchemes
{
    public const string Automatic = "auto";

    private static readonly string[] Transports =
    [
        "tcp", "tls", "mtls", "ws", "wss", "mws", "mwss", "http2", "h2", "h2c", "kcp", "quic", "ssh", "ohttp", "otls", "obfs4", "ftcp",
        "vsock",
    ];

    private static readonly string[] ForwardModes = ["tcp", "udp", "rtcp", "rudp"];

    /// <summary>Words that say what is spoken: their usual name, what carries them if nothing else is said, and who can use them.</summary>
    private static readonly Dictionary<string, (string Name, string Transport, bool Serves, bool Hops)> Protocols = new()
    {
        [Automatic] = (Automatic, "tcp", true, true),
        ["tcp"] = ("tcp", "tcp", true, false),
        ["udp"] = ("udp", "udp", true, false),
        ["rtcp"] = ("rtcp", "rtcp", true, false),
        ["rudp"] = ("rudp", "rudp", true, false),
        ["forward"] = ("forward", "tcp", true, true),
        ["relay"] = ("relay", "tcp", true, true),
        ["http"] = ("http", "tcp", true, true),
        ["https"] = ("http", "tls", true, true),
        ["http2"] = ("http2", "http2", true, true),
        ["socks"] = ("socks5", "tcp", true, true),
        ["socks5"] = ("socks5", "tcp", true, true),
        ["socks4"] = ("socks4", "tcp", true, true),
        ["socks4a"] = ("socks4a", "tcp", true, true),
        ["ss"] = ("ss", "tcp", true, true),
        ["ss2"] = ("ss2", "tcp", true, true),
        ["ssu"] = ("ssu", "udp", true, true),
        ["sni"] = ("sni", "tcp", true, true),
        ["redirect"] = ("redirect", "tcp", true, false),
        ["red"] = ("redirect", "tcp", true, false),
        ["redirectu"] = ("redirectu", "udp", true, false),
        ["redu"] = ("redirectu", "udp", true, false),
        ["dns"] = ("dns", "udp", true, false),
        ["tun"] = ("tun", "udp", true, false),
        ["tap"] = ("tap", "udp", true, false),
        ["direct"] = ("direct", "tcp", false, true),
        ["remote"] = ("remote", "tcp", false, true),
    };

    /// <summary>Whether a word is one for a transport.</summary>
    public static bool IsTransport(string word) => Transports.Contains(word);

    /// <summary>What a node of a chain with a target of its own is called whose transport would be told the target if it were
    /// <c>forward</c>.</summary>
    public const string Tunnel = "tcp";

    /// <summary>Reads a scheme, or says what is wrong with it.</summary>
    public static NodeScheme? Read(string text, NodeRole role, NodeUrlFindings findings)
    {
        string[] halves = text.ToLowerInvariant().Split('+');
        if (halves.Length > 2)
        {
            findings.Add(NodeUrlError.BadScheme, $"scheme '{text}' has more than one '+'; write protocol+transport");
            return null;
        }

        if (Array.Exists(halves, h => h.Length == 0))
        {
            findings.Add(NodeUrlError.BadScheme, $"scheme '{text}' has nothing on one side of its '+'; write protocol+transport, or one word");
            return null;
        }

        return halves.Length == 1 ? ReadWord(text, halves[0], role, findings) : ReadPair(text, halves[0], halves[1], role, findings);
    }

    private static NodeScheme? ReadWord(string text, string word, NodeRole role, NodeUrlFindings findings)
    {
        if (Protocols.TryGetValue(word, out (string Name, string Transport, bool Serves, bool Hops) row))
        {
            return Check(text, new NodeScheme(row.Name, row.Transport), row.Serves, row.Hops, role, findings);
        }

        if (Transports.Contains(word))
        {
            return new NodeScheme(Automatic, word, IsTransportAlone: true);
        }

        findings.Add(
            NodeUrlError.BadScheme,
            $"scheme '{text}' is not known; write one of {string.Join(", ", KnownProtocols(role))}, or protocol+transport");
        return null;
    }

    private static NodeScheme? ReadPair(string text, string protocol, string transport, NodeRole role, NodeUrlFindings findings)
    {
        // "https" is a pair in one word, and takes no transport besides.
        bool knowsProtocol = Protocols.TryGetValue(protocol, out (string Name, string Transport, bool Serves, bool Hops) row)
            && protocol != "https";
        if (!knowsProtocol)
        {
            findings.Add(
                NodeUrlError.BadScheme,
                $"scheme '{text}': '{protocol}' is not a protocol; write one of {string.Join(", ", KnownProtocols(role))}");
        }

        bool knowsTransport = Transports.Contains(transport) || ForwardModes.Contains(transport);
        if (!knowsTransport)
        {
            findings.Add(
                NodeUrlError.BadScheme, $"scheme '{text}': '{transport}' is not a transport; write one of {string.Join(", ", Transports)}");
        }

        if (!knowsProtocol || !knowsTransport)
        {
            return null;
        }

        // A protocol that names its own transport says nothing new with it: tcp+tcp, http2+http2.
        bool isTunnel = row.Name is "tcp" or Automatic && transport != "tcp";
        var scheme = isTunnel && role == NodeRole.Serve
            ? new NodeScheme(Automatic, transport, IsTransportAlone: true)
            : new NodeScheme(row.Name, transport);
        if (row.Name == "tcp" && role == NodeRole.Serve && transport == "http2")
        {
            findings.Add(NodeUrlError.BadCombination, $"scheme '{text}': http2 is a proxy protocol and carries no tunnel; write h2");
            return null;
        }

        return Check(text, scheme, row.Serves, row.Hops, role, findings);
    }

    private static NodeScheme? Check(
        string text, NodeScheme scheme, bool serves, bool hops, NodeRole role, NodeUrlFindings findings)
    {
        (string protocol, string transport) = (scheme.Protocol, scheme.Transport);
        bool isTunnel = protocol == Tunnel && transport == "ssh";
        string? problem = role == NodeRole.Chain && !hops && !isTunnel
                ? $"{protocol} is something to serve, not a proxy protocol; write http://, socks5:// or another proxy"
            : role == NodeRole.Serve && !serves ? $"{protocol} is for nodes of a chain; write forward+ssh:// to serve SSH port forwarding"
            : protocol is "direct" or "remote" && transport != "ssh" ? $"{protocol} needs SSH; write {protocol}+ssh"
            : protocol == "forward" && role == NodeRole.Serve && transport != "ssh"
                ? transport == "tcp" ? "forward alone serves nothing; write forward+ssh, or tcp://:port/target"
                    : $"forward+{transport} is for nodes of a chain; write {transport}://:port/target to serve the tunnel"
            : protocol == "forward" && transport == "http2" ? "http2 is a proxy protocol and carries no tunnel; write forward+h2"
            : (protocol == "http2") != (transport == "http2") && !scheme.IsTransportAlone ? "http2 is protocol and transport in one; write http2"
            : protocol is "udp" or "rtcp" or "rudp" && transport != protocol
                ? $"{protocol} takes no transport; write {protocol}://, and put the transport into the chain"
            : ForwardModes.Contains(transport) && transport != "tcp" && Protocols[protocol].Transport != transport
                ? $"{transport} carries no {protocol}; write {protocol} alone, or another transport"
            : protocol is "redirect" && transport != "tcp" ? "redirect takes no transport; write redirect"
            : null;
        if (problem is not null)
        {
            findings.Add(NodeUrlError.BadCombination, $"scheme '{text}': {problem}");
            return null;
        }

        return scheme;
    }

    private static IEnumerable<string> KnownProtocols(NodeRole role) =>
        Protocols.Where(p => role == NodeRole.Serve ? p.Value.Serves : p.Value.Hops).Select(p => p.Key);
}
