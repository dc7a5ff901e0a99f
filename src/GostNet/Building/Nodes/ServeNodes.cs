using System.Collections.Immutable;

namespace GostNet.Building.Nodes;

/// <summary>Turns node URLs to serve into forwards.</summary>
internal static class ServeNodes
{
    /// <summary>Reads a URL, or reports what is wrong with it.</summary>
    public static ForwardDefinition? Read(string text, int defaultAttempts, BuildProblems problems)
    {
        var findings = new NodeUrlFindings();
        NodeUrl? node = NodeUrlReader.Read(text, NodeRole.Serve, problems.Settings.Files, findings);
        findings.Report(NodeUrlParts.Redact(text), problems);
        if (node is null)
        {
            return null;
        }

        PeerVerification.Check(node, problems);
        var listen = new HostEndPoint(node.Host, node.Port!.Value);
        ImmutableArray<Node> targets = [.. node.Addresses.Select(address => new Node(address))];
        NodeParameters parameters = node.Parameters;
        int attempts = parameters.Count("retry") ?? defaultAttempts;
        switch (node.Mode)
        {
            case NodeMode.Tcp:
                var tcp = new LocalTcpOptions();
                tcp.Attempts = attempts;
                tcp.DialTimeout = parameters.Duration("timeout") ?? tcp.DialTimeout;
                tcp.Selection = parameters.Selection(tcp.Selection);
                return new LocalTcpDefinition(listen, targets, tcp);
            case NodeMode.Udp:
                var udp = new LocalUdpOptions();
                udp.Attempts = attempts;
                udp.FlowTimeout = parameters.Duration("ttl") ?? udp.FlowTimeout;
                udp.Backlog = parameters.Count("backlog") ?? udp.Backlog;
                udp.QueueLength = parameters.Count("queue") ?? udp.QueueLength;
                udp.Selection = parameters.Selection(udp.Selection);
                return new LocalUdpDefinition(listen, targets, udp);
            default:
                problems.Add($"{node.Name}: {Describe(node)} is not in this version of GostNet, which serves tcp:// and udp:// forwards");
                return null;
        }
    }

    private static string Describe(NodeUrl node) => node.Mode switch
    {
        NodeMode.Rtcp or NodeMode.Rudp => "remote forwarding",
        NodeMode.Tunnel => $"a forward tunnel over {node.Scheme.Transport}",
        NodeMode.SshForwardServer => "a server for SSH port forwarding",
        NodeMode.RelayServer => "a relay server",
        _ => node.Scheme.Protocol == NodeSchemes.Automatic ? "an automatic proxy server" : $"a {node.Scheme.Protocol} server",
    };
}
