namespace GostNet;

/// <summary>What a forward carries, and which way.</summary>
public enum ForwardKind
{
    /// <summary>Connections to a local TCP port.</summary>
    LocalTcp,

    /// <summary>Datagrams to a local UDP port.</summary>
    LocalUdp,

    /// <summary>Connections to a TCP port at the far end of a chain.</summary>
    RemoteTcp,

    /// <summary>Datagrams to a UDP port at the far end of a chain.</summary>
    RemoteUdp,

    /// <summary>A proxy server: its clients say what is to be reached.</summary>
    Proxy,

    /// <summary>A proxy server for datagrams, each of which says where it is to go.</summary>
    DatagramProxy,
}
