using System.Collections.Immutable;
using System.Globalization;

namespace GostNet.Ssh.Building;

/// <summary>SSH in node URLs (ssh, section 1.1).</summary>
internal static class SshScheme
{
    private static readonly ImmutableArray<TransportParameter> Parameters =
    [
        new("ssh_passphrase", TransportParameterKind.Text) { OfServer = false, Purpose = TransportParameterPurpose.Guards },
        new("ssh_agent", TransportParameterKind.Text) { OfServer = false, Purpose = TransportParameterPurpose.Guards },
        new("host_key", TransportParameterKind.Text) { OfServer = false, Purpose = TransportParameterPurpose.VerifiesPeer },
        new("known_hosts", TransportParameterKind.Text) { OfServer = false, Purpose = TransportParameterPurpose.VerifiesPeer },
        new("strict", TransportParameterKind.Text) { OfServer = false, Purpose = TransportParameterPurpose.VerifiesPeer },
        new("permitopen", TransportParameterKind.Text) { OfClient = false, Purpose = TransportParameterPurpose.Guards },
        new("permitlisten", TransportParameterKind.Text) { OfClient = false, Purpose = TransportParameterPurpose.Guards },
        new("gateway_ports", TransportParameterKind.Text) { OfClient = false, Purpose = TransportParameterPurpose.Guards },
        new("ciphers", TransportParameterKind.Text) { Purpose = TransportParameterPurpose.Guards },
        new("kex", TransportParameterKind.Text) { Purpose = TransportParameterPurpose.Guards },
        new("macs", TransportParameterKind.Text) { Purpose = TransportParameterPurpose.Guards },
        new("host_key_algs", TransportParameterKind.Text) { Purpose = TransportParameterPurpose.Guards },
        new("legacy", TransportParameterKind.Boolean) { Purpose = TransportParameterPurpose.Guards },
        new("rekey", TransportParameterKind.Text),
        new("window", TransportParameterKind.Count),
    ];

    public static TransportScheme Create() => new()
    {
        Word = "ssh",
        CanForward = true,
        Parameters = Parameters,
        Client = node => node.Forwards ? ClientTransport.Tcp.SshForwarding(ReadClient(node)) : ClientTransport.Tcp.Ssh(ReadClient(node)),
        Server = node => node.Forwards ? ServerTransport.Tcp.SshForwarding(ReadServer(node)) : ServerTransport.Tcp.Ssh(ReadServer(node)),
    };

    /// <summary>An address that has a port: SSH's, if it had none.</summary>
    public static string WithPort(string address)
    {
        bool hasPort = address.StartsWith('[') ? address.Contains("]:", StringComparison.Ordinal) : address.Count(c => c == ':') == 1;
        return hasPort ? address : !address.StartsWith('[') && address.Contains(':') ? $"[{address}]:22" : $"{address}:22";
    }

    private static SshClientOptions ReadClient(TransportNode node)
    {
        var options = new SshClientOptions
        {
            Credential = node.Credential,
            KeyFiles = node.File("ssh_key") is { } key ? [key] : [],
            KeyPassphrase = node.Text("ssh_passphrase"),
            AgentSocket = node.Text("ssh_agent") is "0" ? "" : node.Text("ssh_agent"),
            HostKeyPins = node.Text("host_key") is { } pins ? [.. pins.Split(',')] : [],
            HostKeyCheck = ReadHostKeyCheck(node),
            Algorithms = ReadAlgorithms(node),
        };
        options.KnownHostsFiles = node.File("known_hosts") is { } known ? [known] : options.KnownHostsFiles;
        options.KeepAliveInterval = node.Duration("ping") ?? options.KeepAliveInterval;
        options.KeepAliveMisses = node.Count("retry") is { } retries ? retries + 1 : options.KeepAliveMisses;
        options.MaxWindow = node.Count("window") ?? options.MaxWindow;
        return options;
    }

    private static SshServerOptions ReadServer(TransportNode node)
    {
        var options = new SshServerOptions
        {
            HostKeyFiles = (node.File("ssh_key") ?? node.File("key")) is { } key ? [key] : [],
            Authenticator = node.Authenticator,
            AuthorizedKeysFile = node.File("ssh_authorized_keys"),
            AllowAnonymous = node.IsAnonymous,
            PermitOpen = node.Text("permitopen"),
            PermitListen = node.Text("permitlisten"),
            Algorithms = ReadAlgorithms(node),
        };
        options.GatewayPorts = node.Text("gateway_ports") switch
        {
            null or "no" => GatewayPorts.No,
            "clientspecified" => GatewayPorts.ClientSpecified,
            "yes" => GatewayPorts.Yes,
            var other => throw new ArgumentException($"parameter 'gateway_ports' is '{other}'; write no, clientspecified or yes"),
        };
        options.MaxWindow = node.Count("window") ?? options.MaxWindow;
        return options;
    }

    private static HostKeyCheck ReadHostKeyCheck(TransportNode node)
    {
        HostKeyCheck? strict = node.Text("strict") switch
        {
            null => null,
            "yes" => HostKeyCheck.Strict,
            "accept-new" => HostKeyCheck.AcceptNew,
            "no" => HostKeyCheck.None,
            var other => throw new ArgumentException($"parameter 'strict' is '{other}'; write yes, accept-new or no"),
        };
        if (strict is null && !node.Has("secure") && !node.Has("known_hosts") && !node.Has("host_key"))
        {
            return HostKeyCheck.None; // as in GOST, and taken only by who sets UnverifiedPeers.Warn
        }

        return strict ?? (node.Boolean("secure") is false ? HostKeyCheck.None : HostKeyCheck.Strict);
    }

    private static SshAlgorithmOptions ReadAlgorithms(TransportNode node)
    {
        var options = new SshAlgorithmOptions
        {
            KeyExchanges = ReadList(node, "kex"),
            HostKeys = ReadList(node, "host_key_algs"),
            Ciphers = ReadList(node, "ciphers"),
            Macs = ReadList(node, "macs"),
            AllowLegacy = node.Boolean("legacy") ?? false,
        };
        if (node.Text("rekey") is { } rekey)
        {
            string[] parts = rekey.Split(',');
            if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
                || (parts.Length == 2 && !uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                throw new ArgumentException($"parameter 'rekey' is '{rekey}'; write bytes, or bytes,seconds");
            }

            options.RekeyBytes = bytes == 0 ? options.RekeyBytes : bytes;
            options.RekeyInterval = parts.Length == 2
                ? TimeSpan.FromSeconds(uint.Parse(parts[1], CultureInfo.InvariantCulture))
                : options.RekeyInterval;
        }

        return options;
    }

    private static ImmutableArray<string> ReadList(TransportNode node, string key) =>
        node.Text(key) is { } list ? [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : [];
}
