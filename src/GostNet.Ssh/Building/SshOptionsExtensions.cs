using System.Net;

namespace GostNet.Ssh.Building;

/// <summary>Takes options as they are at a moment: nobody can change them afterwards.</summary>
internal static class SshOptionsExtensions
{
    public static SshClientOptions Snapshot(this SshClientOptions options) => options with
    {
        Credential = options.Credential is { } login ? new NetworkCredential(login.UserName, login.Password) : null,
        Algorithms = options.Algorithms with { },
    };

    public static SshServerOptions Snapshot(this SshServerOptions options) => options with { Algorithms = options.Algorithms with { } };
}
