using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Sessions;

/// <summary>What a server goes by.</summary>
internal sealed record SshServerSettings : SshSettings
{
    /// <summary>The server's keys, one of each type at most.</summary>
    public required IReadOnlyList<ISshSigner> HostKeys { get; init; }

    /// <summary>The signature algorithms that users may log in by, which the server tells by <c>server-sig-algs</c>. Those of host keys by
    /// default.</summary>
    public IReadOnlyList<string>? UserKeyAlgorithms { get; init; }
}
