namespace GostNet.Building.Nodes;

/// <summary>What a node URL asks for (gost-nodes, sections 1.4 and 1.5).</summary>
internal enum NodeMode
{
    /// <summary>A local TCP forward.</summary>
    Tcp,

    /// <summary>A local UDP forward.</summary>
    Udp,

    /// <summary>A remote TCP forward.</summary>
    Rtcp,

    /// <summary>A remote UDP forward.</summary>
    Rudp,

    /// <summary>The server of a forward tunnel: a transport with targets and no protocol on it.</summary>
    Tunnel,

    /// <summary>A server for the port forwarding of SSH.</summary>
    SshForwardServer,

    /// <summary>A server for GOST's relay protocol.</summary>
    RelayServer,

    /// <summary>A proxy server.</summary>
    Proxy,

    /// <summary>A node of a chain.</summary>
    Hop,
}
