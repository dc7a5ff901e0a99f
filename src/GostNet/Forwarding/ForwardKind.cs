namespace GostNet;

/// <summary>What a forward carries, and which way.</summary>
public enum ForwardKind
{
    /// <summary>Connections to a local TCP port (gost-nodes, section 2.1).</summary>
    LocalTcp,

    /// <summary>Datagrams to a local UDP port (gost-nodes, section 2.2).</summary>
    LocalUdp,
}
