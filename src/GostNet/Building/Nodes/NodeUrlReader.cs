using System.Collections.Immutable;

namespace GostNet.Building.Nodes;

/// <summary>Reads node URLs: GOST's language for <c>-L</c> and <c>-F</c> (gost-nodes, section 1), and refuses what GOST would take and
/// then not do (gost-nodes, section 6).</summary>
internal static class NodeUrlReader
{
    /// <summary>Reads a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="role">What it is given for.</param>
    /// <param name="files">Reads the files that it names.</param>
    /// <param name="findings">Takes what is wrong with it, and what is worth a look.</param>
    /// <param name="transports">Whose parameters it may have; those of this library if <see langword="null"/>.</param>
    /// <returns>What it says, or <see langword="null"/> if there is an error among the findings.</returns>
    public static NodeUrl? Read(
        string text, NodeRole role, NodeFiles files, NodeUrlFindings findings, NodeTransports? transports = null)
    {
        NodeUrlParts parts = NodeUrlParts.Read(text, findings);
        NodeScheme? scheme = parts.Scheme is null
            ? new NodeScheme(NodeSchemes.Automatic, "tcp")
            : NodeSchemes.Read(parts.Scheme, role, findings);
        if (scheme is null || text.AsSpan().Trim().IsEmpty)
        {
            return null;
        }

        NodeMode mode = role == NodeRole.Chain ? NodeMode.Hop : ModeOf(scheme, hasPath: parts.Path.Length > 0);
        NodeParameters parameters = NodeParameters.Read(parts.Query, role, mode, scheme, files, transports ?? NodeTransports.BuiltIn, findings);
        if (parts.Credential is not null && !NodeParameterTable.LogsIn(role, mode, scheme))
        {
            findings.Add(
                NodeUrlError.CredentialsUnused,
                $"there are a user and a password, and {scheme} {(role == NodeRole.Serve ? "checks nobody's" : "sends none")}; leave them out");
        }

        ImmutableArray<HostEndPoint> listed = parameters.Text("ip") is { } ip
            ? [.. AddressList.ReadIp(ip, role == NodeRole.Chain ? parts.Port : null, files, findings)]
            : [];
        CheckPort(parts, role, isNeeded: role == NodeRole.Serve || listed.IsEmpty, findings);
        ImmutableArray<HostEndPoint> addresses = role == NodeRole.Serve
            ? ReadTargets(parts.Path, mode, scheme, listed, parameters.Has("ip"), findings)
            : ReadHops(parts, listed, findings);
        var login = NodeLogin.Read(parts.Credential, parameters, role, scheme, files, findings);
        if (findings.Errors.Count > 0)
        {
            return null;
        }

        string address = parts.Port is { } port ? new HostEndPoint(parts.Host, port).ToString() : parts.Host;
        return new NodeUrl(role, $"{scheme}://{address}", mode, scheme, parts.Host, parts.Port, addresses, login, parameters);
    }

    private static NodeMode ModeOf(NodeScheme scheme, bool hasPath) => scheme.Protocol switch
    {
        "tcp" => NodeMode.Tcp,
        "udp" => NodeMode.Udp,
        "rtcp" => NodeMode.Rtcp,
        "rudp" => NodeMode.Rudp,
        "forward" => NodeMode.SshForwardServer,
        "relay" => NodeMode.RelayServer,
        _ => scheme.IsTransportAlone && hasPath ? NodeMode.Tunnel : NodeMode.Proxy,
    };

    private static void CheckPort(NodeUrlParts parts, NodeRole role, bool isNeeded, NodeUrlFindings findings)
    {
        if (parts.Port is null)
        {
            bool isReported = findings.Errors.Any(
                e => e.Code is NodeUrlError.BadPort or NodeUrlError.MissingPort or NodeUrlError.BadHost or NodeUrlError.BadEscape);
            if (isNeeded && !isReported)
            {
                string hint = parts.Host.Length > 0 && parts.Host.All(char.IsAsciiDigit) ? $":{parts.Host}" : $"{parts.Host}:port";
                findings.Add(NodeUrlError.MissingPort, $"'{parts.Host}' has no port; write {hint}");
            }
        }
        else if (parts.Port == 0 && role == NodeRole.Chain)
        {
            findings.Add(NodeUrlError.BadPort, "port 0 cannot be dialled; write the proxy's port");
        }
    }

    private static ImmutableArray<HostEndPoint> ReadTargets(
        string path,
        NodeMode mode,
        NodeScheme scheme,
        ImmutableArray<HostEndPoint> listed,
        bool hasIp,
        NodeUrlFindings findings)
    {
        if (mode is NodeMode.Proxy or NodeMode.SshForwardServer)
        {
            if (path.Length > 0)
            {
                findings.Add(
                    NodeUrlError.TargetUnused,
                    $"'/{path}' names a target, and {scheme} serves whatever its clients ask for; leave it out, or write tcp:// to forward");
            }

            if (hasIp && scheme.IsTransportAlone)
            {
                findings.Add(
                    NodeUrlError.BadCombination,
                    $"{scheme} without a path is a proxy, and parameter 'ip' means nothing to it; write {scheme}://:port/target");
            }

            return [];
        }

        ImmutableArray<HostEndPoint> targets = [.. AddressList.ReadPath(path, findings), .. listed];
        if (targets.IsEmpty && mode is not (NodeMode.Tcp or NodeMode.RelayServer)
            && !findings.Errors.Any(e => e.Code is NodeUrlError.BadTarget or NodeUrlError.BadEscape or NodeUrlError.File))
        {
            findings.Add(NodeUrlError.NoTarget, $"{scheme} has nothing to forward to; write {scheme}://:port/host:port");
        }

        return targets;
    }

    private static ImmutableArray<HostEndPoint> ReadHops(
        NodeUrlParts parts, ImmutableArray<HostEndPoint> listed, NodeUrlFindings findings)
    {
        if (parts.Path.Length > 0)
        {
            findings.Add(
                NodeUrlError.PathUnused,
                $"'/{parts.Path}' means nothing on a node of a chain; leave it out, or write ?path=/{parts.Path} for a WebSocket's path");
        }

        // The listed ones take the place of the URL's own address, which stays the name that TLS and HTTP use.
        return !listed.IsEmpty ? listed : parts.Port is > 0 and var port ? [new HostEndPoint(parts.Host, port)] : [];
    }
}
