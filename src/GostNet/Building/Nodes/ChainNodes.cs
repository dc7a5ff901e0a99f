using GostNet.Chains;
using GostNet.Protocols.Shadowsocks;
using GostNet.Selection;

namespace GostNet.Building.Nodes;

/// <summary>Turns node URLs to go through into hops of a chain.</summary>
internal static class ChainNodes
{
    /// <summary>Reads a URL, or reports what is wrong with it.</summary>
    public static HopDefinition? Read(string text, HopGround ground, BuildProblems problems)
    {
        if (ReadUrl(text, problems) is not { } node)
        {
            return null;
        }

        var set = new NodeSet<ChainNode>(ToMembers(node, ground, problems), node.Parameters.Selection(new SelectionOptions()));
        if (set.Members.Count == 0)
        {
            return null;
        }

        if (node.Parameters.Text("peer") is not { } peers)
        {
            return new HopDefinition([.. set.Members], set.Options);
        }

        var source = new PeerFileSource(peers, set, ground, problems.Settings);
        set = source.Load(problems);
        return new HopDefinition([.. set.Members], set.Options, source);
    }

    /// <summary>Reads a URL without making anything of it, or reports what is wrong with it.</summary>
    public static NodeUrl? ReadUrl(string text, BuildProblems problems)
    {
        var findings = new NodeUrlFindings();
        NodeUrl? node = NodeUrlReader.Read(text, NodeRole.Chain, problems.Settings.Files, findings, problems.Settings.Transports);
        findings.Report(NodeUrlParts.Redact(text), problems);
        return node;
    }

    /// <summary>The nodes that a URL stands for, or none after reporting why.</summary>
    public static List<(Node Node, ChainNode Value)> ToMembers(NodeUrl node, HopGround ground, BuildProblems problems)
    {
        PeerVerification.Check(node, problems);
        NodeTransports transports = problems.Settings.Transports;
        string protocol = ProtocolOf(node.Scheme);
        if (!transports.Knows(node.Scheme) || !Connectors.Knows(protocol))
        {
            problems.Add($"{node.Name}: {node.Scheme} is not in this version of GostNet, whose chains know the protocols "
                + $"{Connectors.KnownProtocols}, over {transports.Known}.{NodeTransports.WhyNot(node.Scheme)}");
            return [];
        }

        if (node.Parameters.Has("bypass"))
        {
            problems.Add($"{node.Name}: parameter 'bypass' is not in this version of GostNet; leave it out, "
                + "or give its targets a forward without the chain");
        }

        var members = new List<(Node, ChainNode)>();
        foreach (HostEndPoint address in node.Addresses)
        {
            var member = new Node(address, $"{node.Scheme}://{address}");
            try
            {
                ProxyOptions options = ReadOptions(node, problems);
                IConnector connector = Connectors.Create(
                    protocol,
                    member,
                    new ConnectorOptions(options, node.Parameters.Text("agent"), DatagramsOverStream: node.Scheme.Protocol == "ssu"),
                    ground);
                if (options is ShadowsocksProxyOptions shadowsocks)
                {
                    OptionsRules.WarnOfWeakCipher(ShadowsocksMethods.Find(shadowsocks.Method), member.Name, problems);
                }

                // Whatever is dialled in its place, the URL's own address is what the server goes by (gost-nodes, section 1.7).
                HostEndPoint server = node.Port is { } port ? new(node.Host, port) : new(node.Host, address.Port);
                members.Add((member, new ChainNode(connector, options, ground.CreateTransport(options.Transport, server, member.Name))));
            }
            catch (ArgumentException e)
            {
                problems.Add(member.Name, e);
                break; // the others are of the same URL
            }
        }

        return members;
    }

    /// <summary>What is spoken with a node.</summary>
    private static string ProtocolOf(NodeScheme scheme) => scheme switch
    {
        { IsForwarding: true } => Connectors.OfTransport,
        { Protocol: NodeSchemes.Tunnel } => "forward",
        _ => scheme.Protocol,
    };

    /// <summary>What the URL says, in the options of its protocol.</summary>
    private static ProxyOptions ReadOptions(NodeUrl node, BuildProblems problems)
    {
        NodeParameters parameters = node.Parameters;
        ProxyOptions options = node.Scheme.Protocol switch
        {
            "socks5" or NodeSchemes.Automatic => ReadSocks5Options(node, problems.Settings),
            "ss" or "ss2" or "ssu" => new ShadowsocksProxyOptions { Method = node.Credential?.UserName ?? "", Password = node.Credential?.Password },
            "sni" => new SniProxyOptions { DisguiseHost = parameters.Text("host") },
            _ => new TunnelOptions(),
        };
        options.Transport = problems.Settings.Transports.ToClient(node.Scheme, new(node, problems));
        options.Credential = node.Credential;
        options.DialTimeout = parameters.Duration("timeout") ?? options.DialTimeout;
        return options;
    }

    private static Socks5ProxyOptions ReadSocks5Options(NodeUrl node, BuildSettings settings)
    {
        NodeParameters parameters = node.Parameters;
        var options = new Socks5ProxyOptions { MultiplexBind = parameters.Boolean("mbind") ?? false };
        options.Sessions = parameters.Count("sessions") ?? options.Sessions;
        bool? secure = parameters.Boolean("secure");

        // TLS below makes TLS within SOCKS5 needless, and over sessions GOST's servers lose every second connection by it (transports,
        // section 4).
        string transport = node.Scheme.Transport;
        return NodeParameterTable.IsVerifiable(transport) || (NodeTransports.Multiplexes(transport) && secure is not true)
            ? options
            : options.WithTls(secure, parameters.Boolean("notls") ?? false, settings.UnverifiedPeers);
    }
}
