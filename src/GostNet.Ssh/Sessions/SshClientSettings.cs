using GostNet.Ssh.Trust;

namespace GostNet.Ssh.Sessions;

/// <summary>What a client goes by.</summary>
internal sealed record SshClientSettings : SshSettings
{
    /// <summary>Decides whether the server is who it should be.</summary>
    public required IHostKeyPolicy HostKeyPolicy { get; init; }
}
