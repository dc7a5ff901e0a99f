namespace GostNet.Ssh.Trust;

/// <summary>What a line of <c>known_hosts</c> says of its key.</summary>
internal enum KnownHostMarker
{
    /// <summary>It is the host's.</summary>
    None,

    /// <summary>It is nobody's any more: <c>@revoked</c>.</summary>
    Revoked,

    /// <summary>It signs certificates of hosts: <c>@cert-authority</c>.</summary>
    CertAuthority,
}
