namespace GostNet;

/// <summary>What hangs on a <see cref="TransportParameter"/>.</summary>
public enum TransportParameterPurpose
{
    /// <summary>Nothing: where it means nothing, that is worth a warning.</summary>
    Ordinary,

    /// <summary>To ignore it would weaken security, so it is refused where it means nothing. So are the others below.</summary>
    Guards,

    /// <summary>It says how the peer is verified, or that it is not to be (<see cref="UnverifiedPeers"/>).</summary>
    VerifiesPeer,

    /// <summary>It says who may use a server (<see cref="UnverifiedPeers"/>).</summary>
    LogsIn,
}
