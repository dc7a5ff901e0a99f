using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>dropbear's client. It wants keys in a format of its own.</summary>
internal static class Dbclient
{
    public const string Program = "dbclient";
    public const string Converter = "dropbearconvert";

    /// <summary>Starts it, to be written to.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="keys">The keys of the tests.</param>
    /// <param name="kind">The key to log in with.</param>
    /// <param name="arguments">What it is told beside that.</param>
    public static async Task<ProgramRun> StartAsync(int port, SshKeys keys, string kind, params string[] arguments)
    {
        string key = await keys.DropbearKeyAsync(kind);
        return new(
            PeerProgram.Find(Program),
            [
                "-y", "-y", // takes any host key, and keeps none
                "-i", key,
                "-p", port.ToString(CultureInfo.InvariantCulture),
                .. arguments,
                $"{Environment.UserName}@127.0.0.1",
            ],
            environment: new Dictionary<string, string> { ["HOME"] = keys.Directory },
            keepsInput: true);
    }
}
