using System.Collections.Immutable;
using GostNet.Diagnostics;
using GostNet.Protocols.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Building.Nodes;

/// <summary>Turns node URLs to serve into forwards.</summary>
internal static class ServeNodes
{
    // GOST's proxies know these, and this version does not.
    private static readonly string[] WithoutEffect = ["dns", "hosts", "prefer", "httpTunnel"];

    /// <summary>Reads a URL, or reports what is wrong with it.</summary>
    public static ForwardDefinition? Read(string text, int defaultAttempts, BuildProblems problems)
    {
        var findings = new NodeUrlFindings();
        NodeUrl? node = NodeUrlReader.Read(text, NodeRole.Serve, problems.Settings.Files, findings, problems.Settings.Transports);
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
        if (!problems.Settings.Transports.Knows(node.Scheme)
            && node.Mode is NodeMode.Tunnel or NodeMode.Proxy or NodeMode.SshForwardServer)
        {
            return Refuse(node, problems);
        }

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
            case NodeMode.Tunnel:
                return ReadTransport(node, ReadAuthenticator(node, problems), problems) is var (tunnel, _)
                    ? new TcpForwardDefinition(
                        ForwardKind.LocalTcp, listen, targets, Fill(new LocalTcpOptions { Transport = tunnel }, parameters, attempts))
                    : null;
            case NodeMode.Proxy when node.Scheme is { Protocol: DatagramProxyDefinition.Protocol, Transport: "udp" }:
                return new DatagramProxyDefinition(listen, (ShadowsocksServerOptions)Fill(node, attempts, problems));
            case NodeMode.Proxy when ProxyServers.Knows(node.Scheme.Protocol):
                return ReadProxy(node, node.Scheme.Protocol, attempts, problems);
            case NodeMode.SshForwardServer:
                return ReadProxy(node, ProxyServers.OfTransport, attempts, problems);
            default:
                return Refuse(node, problems);
        }
    }

    /// <summary>Reads the transport, and what a SOCKS5 server needs besides: who the clients have to be is for the transport to
    /// ask.</summary>
    private static (ServerTransport Transport, TlsServerOptions Tls)? ReadTransport(
        NodeUrl url, IAuthenticator? authenticator, BuildProblems problems)
    {
        try
        {
            var node = new TransportNode(url, problems, authenticator);
            ServerTransport transport = problems.Settings.Transports.ToServer(url.Scheme, node);
            return (transport, NodeTransports.ReadServerTls(node) with { ClientAuthorities = [] });
        }
        catch (ArgumentException e)
        {
            problems.Add(url.Name, e);
            return null;
        }
    }

    private static ProxyDefinition? ReadProxy(NodeUrl node, string protocol, int attempts, BuildProblems problems)
    {
        ProxyServerOptions options = Fill(node, attempts, problems);
        IAuthenticator? users = ReadAuthenticator(node, problems);
        if (ReadTransport(node, users, problems) is not var (transport, tls))
        {
            return null;
        }

        (options.Transport, options.Tls) = (transport, tls);
        if (!transport.Stack.Authenticates && options is not ShadowsocksServerOptions) // once is enough, and the key of those is their login
        {
            options.Authenticator = users;
            options.AllowAnonymous = !node.HasLogin; // whether it may is for PeerVerification to say
        }

        return new ProxyDefinition(protocol, new HostEndPoint(node.Host, node.Port!.Value), options);
    }

    private static ForwardDefinition? Refuse(NodeUrl node, BuildProblems problems)
    {
        problems.Add($"{node.Name}: {Describe(node)} is not in this version of GostNet, which serves tcp://, udp://, rtcp:// and rudp:// "
            + $"forwards, and tunnels and the proxies {ProxyServers.KnownProtocols} over {problems.Settings.Transports.Known}, "
            + $"and {DatagramProxyDefinition.Protocol}.{NodeTransports.WhyNot(node.Scheme)}");
        return null;
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

    private static ProxyServerOptions Fill(NodeUrl node, int attempts, BuildProblems problems)
    {
        NodeParameters parameters = node.Parameters;
        if (parameters.Has("bypass"))
        {
            problems.Add($"{node.Name}: parameter 'bypass' is not in this version of GostNet; leave it out, or write a blacklist");
        }

        foreach (string key in WithoutEffect.Where(parameters.Has))
        {
            problems.Warn($"{node.Name}: parameter '{key}' has no effect in this version of GostNet");
        }

        ProxyServerOptions options = Create(node);
        options.Attempts = attempts;
        options.Whitelist = parameters.Text("whitelist");
        options.Blacklist = parameters.Text("blacklist");
        if (options is not ShadowsocksServerOptions)
        {
            options.DialTimeout = parameters.Duration("timeout") ?? options.DialTimeout;
        }

        return options;
    }

    private static IAuthenticator? ReadAuthenticator(NodeUrl node, BuildProblems problems)
    {
        if (node.Parameters.Text("secrets") is { } secrets)
        {
            // All its users, in place of the one in the URL (gost-nodes, section 1.6).
            ILogger logger = (problems.Settings.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategories.Forward);
            string path = problems.Settings.Files.Resolve(secrets);
            if (SecretsFile.TryOpen(path, problems.Settings.TimeProvider, logger, out SecretsFile? file, out string? problem))
            {
                return file;
            }

            problems.Add($"{node.Name}: parameter 'secrets' is '{secrets}', which cannot be used: {problem}");
            return null;
        }

        return node.Credential is { } user ? new UserTable(user.UserName, user.Password) : null;
    }

    private static ProxyServerOptions Create(NodeUrl node)
    {
        NodeParameters parameters = node.Parameters;
        if (node.Scheme.IsShadowsocks)
        {
            var shadowsocks = new ShadowsocksServerOptions { Method = node.Credential?.UserName ?? "", Password = node.Credential?.Password };
            shadowsocks.FlowTimeout = parameters.Duration("ttl") ?? shadowsocks.FlowTimeout;
            return shadowsocks;
        }

        if (node.Scheme.Protocol != "sni")
        {
            return new HttpProxyServerOptions
            {
                Agent = parameters.Text("proxyAgent"),
                Knock = parameters.Text("knock"),
                ProbeResistance = parameters.Text("probe_resist"),
            };
        }

        var options = new SniServerOptions { AllowPrivateTargets = parameters.Boolean("private") ?? false };
        options.TargetPort = parameters.Count("sniport") ?? options.TargetPort;
        return options;
    }

    private static string Describe(NodeUrl node) => node.Mode switch
    {
        NodeMode.Tunnel => $"a forward tunnel over {node.Scheme.Transport}",
        NodeMode.SshForwardServer => "a server for SSH port forwarding",
        NodeMode.RelayServer => "a relay server",
        _ => (node.Scheme.Protocol == NodeSchemes.Automatic ? "an automatic proxy server" : $"a {node.Scheme.Protocol} server")
            + (node.Scheme is { Transport: "tcp", Protocol: not DatagramProxyDefinition.Protocol } ? "" : $" over {node.Scheme.Transport}"),
    };
}
