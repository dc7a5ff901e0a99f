namespace GostNet.Ssh.Sessions;

/// <summary>What the peer has to send next for a key exchange.</summary>
internal enum ExchangeStep
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Its first KEXINIT.</summary>
    FirstOffer,

    /// <summary>A client's value.</summary>
    ClientValue,

    /// <summary>A server's value.</summary>
    ServerValue,

    /// <summary>NEWKEYS.</summary>
    NewKeys,
}
