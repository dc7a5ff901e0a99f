using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>OpenSSH's client, with nothing of the machine's own settings: it logs in with one key, and trusts what
/// <see cref="SshKeys.KnownHosts"/> has.</summary>
/// <param name="port">The server's port.</param>
/// <param name="keys">The keys of the tests.</param>
internal sealed class OpenSshClient(int port, SshKeys keys)
{
    public const string Program = "ssh";

    /// <summary>The key to log in with, by kind.</summary>
    public string Key { get; init; } = SshKeys.DefaultKind;

    /// <summary>Which address of the server to go to.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Starts it.</summary>
    /// <param name="arguments">What it is told beside all that.</param>
    public Task<ProgramRun> StartAsync(params string[] arguments) => StartAsync(keepsInput: false, arguments);

    /// <summary>Starts it, to be written to.</summary>
    public Task<ProgramRun> StartWithInputAsync(params string[] arguments) => StartAsync(keepsInput: true, arguments);

    /// <summary>Starts it with a password instead of a key.</summary>
    /// <param name="user">The user.</param>
    /// <param name="password">The password.</param>
    /// <param name="arguments">What it is told beside that.</param>
    public async Task<ProgramRun> StartWithPasswordAsync(string user, string password, params string[] arguments)
    {
        string answer = Path.Combine(keys.Directory, $"askpass-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(answer, $"#!/bin/sh\necho '{password}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(answer, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new(
            PeerProgram.Find(Program),
            [
                .. Trust, "-o", "PubkeyAuthentication=no", "-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1",
                .. arguments, $"{user}@{Host}",
            ],
            environment: new Dictionary<string, string> { ["SSH_ASKPASS"] = answer, ["SSH_ASKPASS_REQUIRE"] = "force" });
    }

    private string[] Trust =>
    [
        "-F", "none",
        "-p", port.ToString(CultureInfo.InvariantCulture),
        "-o", $"HostKeyAlias={SshKeys.HostName}",
        "-o", $"UserKnownHostsFile={keys.KnownHosts}",
        "-o", "GlobalKnownHostsFile=/dev/null",
        "-o", "StrictHostKeyChecking=yes",
        "-o", "ExitOnForwardFailure=yes",
    ];

    private async Task<ProgramRun> StartAsync(bool keepsInput, string[] arguments)
    {
        string key = await keys.UserKeyAsync(Key);
        return new(
            PeerProgram.Find(Program),
            [
                .. arguments, // of two options about the same thing the first counts
                .. Trust, "-i", key, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", $"{Environment.UserName}@{Host}",
            ],
            keepsInput: keepsInput);
    }
}
