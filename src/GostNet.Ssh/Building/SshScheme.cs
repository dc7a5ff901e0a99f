using System.Collections.Immutable;

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
        Client = CreateClient,
        Server = CreateServer,
    };

    /// <summary>An address that has a port: SSH's, if it had none.</summary>
    public static string WithPort(string address)
    {
        bool hasPort = address.StartsWith('[') ? address.Contains("]:", StringComparison.Ordinal) : address.Count(c => c == ':') == 1;
        return hasPort ? address : !address.StartsWith('[') && address.Contains(':') ? $"[{address}]:22" : $"{address}:22";
    }

    private static ClientTransport CreateClient(TransportNode node)
    {
        SshClientOptions options = new SshNodeReader(node).ReadClient();
        return node.Forwards ? ClientTransport.Tcp.SshForwarding(options) : ClientTransport.Tcp.Ssh(options);
    }

    private static ServerTransport CreateServer(TransportNode node)
    {
        SshServerOptions options = new SshNodeReader(node).ReadServer();
        return node.Forwards ? ServerTransport.Tcp.SshForwarding(options) : ServerTransport.Tcp.Ssh(options);
    }
}
