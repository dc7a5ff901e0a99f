namespace GostNet.Building.Nodes;

/// <summary>The transports that node URLs can name, by GOST's words for them (gost-nodes, section 1.3): what each is made of, at both
/// ends.</summary>
internal static class NodeTransports
{
    private static readonly Dictionary<string, (Func<NodeUrl, NodeFiles, ClientTransport> Client, Func<NodeUrl, NodeFiles, ServerTransport> Server)> Table = new()
    {
        ["tcp"] = ((_, _) => ClientTransport.Tcp, (_, _) => ServerTransport.Tcp),
        ["tls"] = (Tls, ServeTls),
        ["mtls"] = ((node, files) => Tls(node, files).Multiplex(Multiplex(node)), (node, files) => ServeTls(node, files).Multiplex()),
    };

    /// <summary>The words, for messages.</summary>
    public static string Known => string.Join(", ", Table.Keys);

    public static bool Knows(string transport) => Table.ContainsKey(transport);

    /// <summary>The transport to a node of a chain.</summary>
    /// <exception cref="ArgumentException">A parameter cannot be used, such as a file that is not a certificate.</exception>
    public static ClientTransport ToClient(NodeUrl node, NodeFiles files) => Table[node.Scheme.Transport].Client(node, files);

    /// <summary>The transport of a node to serve.</summary>
    /// <exception cref="ArgumentException">As for <see cref="ToClient"/>.</exception>
    public static ServerTransport ToServer(NodeUrl node, NodeFiles files) => Table[node.Scheme.Transport].Server(node, files);

    private static ClientTransport Tls(NodeUrl node, NodeFiles files) => ClientTransport.Tcp.Tls(new TlsClientOptions
    {
        Verify = node.Parameters.Boolean("secure") ?? false,
    });

    private static ServerTransport ServeTls(NodeUrl node, NodeFiles files) => ServerTransport.Tcp.Tls();

    private static MultiplexOptions Multiplex(NodeUrl node)
    {
        var options = new MultiplexOptions();
        options.Sessions = node.Parameters.Count("sessions") ?? options.Sessions;
        return options;
    }
}
