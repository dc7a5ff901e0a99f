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
                return new TcpForwardDefinition(ForwardKind.LocalTcp, listen, targets, Fill(new LocalTcpOptions(), parameters, attempts));
            case NodeMode.Rtcp:
                return new TcpForwardDefinition(ForwardKind.RemoteTcp, listen, targets, Fill(new RemoteTcpOptions(), parameters, attempts));
            case NodeMode.Udp:
                return new UdpForwardDefinition(ForwardKind.LocalUdp, listen, targets, Fill(new LocalUdpOptions(), parameters, attempts));
            case NodeMode.Rudp:
                return new UdpForwardDefinition(ForwardKind.RemoteUdp, listen, targets, Fill(new RemoteUdpOptions(), parameters, attempts));
            default:
                problems.Add($"{node.Name}: {Describe(node)} is not in this version of GostNet, which serves tcp:// and udp:// forwards");
                return null;
        }
    }

    private static TcpForwardOptions Fill(TcpForwardOptions options, NodeParameters parameters, int attempts)
    {
        options.Attempts = attempts;
        options.DialTimeout = parameters.Duration("timeout") ?? options.DialTimeout;
        options.Selection = parameters.Selection(options.Selection);
        return options;
    }

    private static UdpForwardOptions Fill(UdpForwardOptions options, NodeParameters parameters, int attempts)
    {
        options.Attempts = attempts;
        options.FlowTimeout = parameters.Duration("ttl") ?? options.FlowTimeout;
        options.Backlog = parameters.Count("backlog") ?? options.Backlog;
        options.QueueLength = parameters.Count("queue") ?? options.QueueLength;
        options.Selection = parameters.Selection(options.Selection);
        return options;
    }

    private static string Describe(NodeUrl node) => node.Mode switch
    {
        NodeMode.Tunnel => $"a forward tunnel over {node.Scheme.Transport}",
        NodeMode.SshForwardServer => "a server for SSH port forwarding",
        NodeMode.RelayServer => "a relay server",
        _ => node.Scheme.Protocol == NodeSchemes.Automatic ? "an automatic proxy server" : $"a {node.Scheme.Protocol} server",
    };
}
