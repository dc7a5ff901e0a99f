namespace GostNet;

/// <summary>What a forward carries, and which way.</summary>
public enum ForwardKind
{
    /// <summary>Connections to a local TCP port.</summary>
    LocalTcp,

    /// <summary>Datagrams to a local UDP port.</summary>
    LocalUdp,
}
