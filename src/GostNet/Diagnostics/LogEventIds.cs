namespace GostNet.Diagnostics;

/// <summary>The ids of the events that GostNet logs. Each room has a range; numbers are never used again for something else.</summary>
public static class LogEventIds
{
    /// <summary>A forward listens.</summary>
    public const int ForwardListening = 1000;

    /// <summary>A forward has stopped.</summary>
    public const int ForwardStopped = 1001;

    /// <summary>A forward ended by itself and will not come back.</summary>
    public const int ForwardFaulted = 1002;

    /// <summary>A forward does not listen at the far end of its chain, which is asked again after a while.</summary>
    public const int FarEndLost = 1003;

    /// <summary>A connection could not be accepted just now; the forward goes on after a pause.</summary>
    public const int AcceptFailed = 1010;

    /// <summary>A connection was closed unserved, because the forward has as many as it may.</summary>
    public const int ConnectionRejected = 1011;

    /// <summary>A client of a proxy server was turned away: its login, what it asked for, or the way it asked.</summary>
    public const int ClientRejected = 1012;

    /// <summary>The handshake of a transport with a client failed, and the client was dropped.</summary>
    public const int HandshakeFailed = 1013;

    /// <summary>The users of a server were read anew from their file.</summary>
    public const int UsersReloaded = 1100;

    /// <summary>The file of a server's users cannot be used; the users stay as they are.</summary>
    public const int UsersNotReloaded = 1101;

    /// <summary>A TLS server was given no certificate and made one that lives as long as the process.</summary>
    public const int CertificateMade = 1200;

    /// <summary>A TLS server uses a self-signed certificate that is kept in a file.</summary>
    public const int CertificateKept = 1201;

    /// <summary>A self-signed certificate was running out and was made anew with the same key.</summary>
    public const int CertificateRenewed = 1202;

    /// <summary>A self-signed certificate that was made anew could not be written to its file.</summary>
    public const int CertificateNotSaved = 1203;

    /// <summary>The certificate of a TLS server was read anew from its file.</summary>
    public const int CertificateReloaded = 1204;

    /// <summary>The changed file of a TLS server's certificate cannot be used; the certificate stays as it is.</summary>
    public const int CertificateNotReloaded = 1205;

    /// <summary>A chain reached a target.</summary>
    public const int ChainDialed = 2000;

    /// <summary>An attempt to reach a target failed.</summary>
    public const int DialFailed = 2001;

    /// <summary>A client was given up: no attempt reached a target.</summary>
    public const int DialGivenUp = 2002;

    /// <summary>A node has failed too often and is left out for a while.</summary>
    public const int NodeDied = 2100;

    /// <summary>A node works again.</summary>
    public const int NodeRevived = 2101;

    /// <summary>The nodes of a group were read anew from their file.</summary>
    public const int PeersReloaded = 2110;

    /// <summary>The file of a group's nodes cannot be used; the nodes stay as they are.</summary>
    public const int PeersNotReloaded = 2111;

    /// <summary>A proxy does not know a command of GOST's, and a standard one is used in its place.</summary>
    public const int CommandReplaced = 2200;

    /// <summary>A proxy does not tell the address of a peer, which can therefore not be answered.</summary>
    public const int PeerAddressUnknown = 2201;

    /// <summary>A proxy does not let a port be listened on by several control connections.</summary>
    public const int BindNotShared = 2202;

    /// <summary>One more control connection listens at a port of a SOCKS5 server.</summary>
    public const int BindShared = 2203;

    /// <summary>A connection or datagram flow was opened.</summary>
    public const int ConnectionOpened = 3000;

    /// <summary>A connection or datagram flow has ended.</summary>
    public const int ConnectionClosed = 3001;

    /// <summary>A datagram was dropped.</summary>
    public const int DatagramDropped = 3100;

    /// <summary>Something in the configuration is accepted but worth a look.</summary>
    public const int ConfigurationWarning = 4000;

    /// <summary>A handler of an event threw.</summary>
    public const int EventHandlerFailed = 9000;
}
