using System.Collections.Immutable;
using System.Net;

namespace GostNet.Ssh.Building;

/// <summary>Takes options as they are at a moment: nobody can change them afterwards.</summary>
internal static class SshOptionsExtensions
{
    public static SshClientOptions Snapshot(this SshClientOptions options) => options with
    {
        Credential = options.Credential is { } login ? new NetworkCredential(login.UserName, login.Password) : null,
        KeyFiles = options.KeyFiles.OrEmpty(),
        KnownHostsFiles = options.KnownHostsFiles.OrEmpty(),
        HostKeyPins = options.HostKeyPins.OrEmpty(),
        Algorithms = options.Algorithms.Snapshot(),
    };

    public static SshServerOptions Snapshot(this SshServerOptions options) => options with
    {
        HostKeyFiles = options.HostKeyFiles.OrEmpty(),
        Algorithms = options.Algorithms.Snapshot(),
    };

    private static SshAlgorithmOptions Snapshot(this SshAlgorithmOptions options) => options with
    {
        KeyExchanges = options.KeyExchanges.OrEmpty(),
        HostKeys = options.HostKeys.OrEmpty(),
        Ciphers = options.Ciphers.OrEmpty(),
        Macs = options.Macs.OrEmpty(),
    };

    private static ImmutableArray<string> OrEmpty(this ImmutableArray<string> items) => items.IsDefault ? [] : items;
}
