namespace GostNet;

/// <summary>Where the clients of an SSH server may have it listen, as GatewayPorts of OpenSSH's sshd.</summary>
/// <remarks>What a client wishes beyond that is narrowed down without a word to it, as sshd does and its users rely on.</remarks>
public enum GatewayPorts
{
    /// <summary>On this machine's loopback addresses only.</summary>
    No,

    /// <summary>Wherever the client wishes, as GOST's servers do.</summary>
    ClientSpecified,

    /// <summary>On every interface, whatever the client wishes.</summary>
    Yes,
}
