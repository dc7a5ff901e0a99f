using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>openssl: a TLS server that sends each line back reversed, and a TLS client.</summary>
internal static class OpenSsl
{
    public const string Program = "openssl";

    /// <summary>Starts a server that has the test certificates.</summary>
    /// <param name="options">More of its options, given its files.</param>
    public static Task<PeerProcess> ServeAsync(Func<PemFiles, IEnumerable<string>> options) => PeerProcess.StartAsync(
        Program,
        (directory, port) =>
        {
            PemFiles files = new(directory);
            return
            [
                "s_server", "-accept", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "-rev",
                "-cert", files.Server, "-cert_chain", files.Server, "-key", files.Server, .. options(files),
            ];
        },
        readyText: "ACCEPT");

    /// <summary>Runs a client that sends a line, prints what it is answered, and ends when the server does.</summary>
    public static Task<(int ExitCode, string Output)> SendAsync(int port, string line, params string[] options) => ProgramRun.RunAsync("sh",
    [
        "-c", "printf '%s\\n' \"$0\" | exec openssl s_client -quiet \"$@\"", line,
        "-connect", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), .. options,
    ]);
}
