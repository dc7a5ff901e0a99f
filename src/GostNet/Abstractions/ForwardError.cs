namespace GostNet;

/// <summary>Why something could not be reached.</summary>
public enum ForwardError
{
    /// <summary>None of the reasons below.</summary>
    Unknown,

    /// <summary>A name has no address.</summary>
    NameNotResolved,

    /// <summary>The connection was refused.</summary>
    ConnectionRefused,

    /// <summary>There is no route to the network.</summary>
    NetworkUnreachable,

    /// <summary>There is no route to the host.</summary>
    HostUnreachable,

    /// <summary>Nothing was heard within the time allowed.</summary>
    TimedOut,

    /// <summary>The peer ended or reset the connection before it was ready for use.</summary>
    ConnectionClosed,

    /// <summary>This process or machine lacks what is needed: file descriptors, memory, ports.</summary>
    LocalResources,

    /// <summary>The address cannot be expressed in the protocol, or this machine cannot use it.</summary>
    AddressNotSupported,

    /// <summary>A proxy wants credentials and none are configured, or offers no way of logging in that is known here.</summary>
    AuthenticationRequired,

    /// <summary>A proxy rejected the credentials.</summary>
    AuthenticationFailed,

    /// <summary>A proxy's rules forbid the target.</summary>
    Forbidden,

    /// <summary>A proxy failed without a nearer reason.</summary>
    ProxyFailure,

    /// <summary>A proxy could not reach the address it was asked for, and did not say why.</summary>
    TargetUnreachable,

    /// <summary>A proxy does not know the command, or its protocol has none for what is wanted.</summary>
    CommandNotSupported,

    /// <summary>What a peer sent is not the protocol that was expected of it.</summary>
    ProtocolError,

    /// <summary>A datagram is larger than the network carries.</summary>
    DatagramTooLarge,

    /// <summary>A selector chose no node.</summary>
    NoNodeAvailable,

    /// <summary>TLS was not agreed on, or the peer has none where it is required.</summary>
    TlsFailed,

    /// <summary>The peer's certificate is not one that is trusted here.</summary>
    CertificateRejected,

    /// <summary>A datagram has no form in the protocol that is to carry it: an empty one in GOST's UDP tunnel.</summary>
    DatagramNotCarried,
}
