using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>PuTTY's client without a window. It wants keys in a format of its own.</summary>
internal static class Plink
{
    public const string Program = "plink";
    public const string Converter = "puttygen";

    /// <summary>Starts it, to be written to.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="keys">The keys of the tests.</param>
    /// <param name="kind">The key to log in with.</param>
    /// <param name="arguments">What it is told beside that.</param>
    public static async Task<ProgramRun> StartAsync(int port, SshKeys keys, string kind, params string[] arguments)
    {
        string key = await keys.PuttyKeyAsync(kind);
        string fingerprint = await keys.FingerprintAsync();
        return new(
            PeerProgram.Find(Program),
            [
                "-batch", "-ssh", "-hostkey", fingerprint,
                "-i", key,
                "-P", port.ToString(CultureInfo.InvariantCulture),
                .. arguments,
                $"{Environment.UserName}@127.0.0.1",
            ],
            environment: new Dictionary<string, string> { ["HOME"] = keys.Directory },
            keepsInput: true);
    }
}
