namespace GostNet.Interop.Tests.Peers;

/// <summary>stunnel: puts TLS over connections, or takes it off. It carries the end of one direction in both ways.</summary>
internal static class Stunnel
{
    public const string Program = "stunnel4";

    /// <summary>Starts one that takes TLS off, with the server's test certificate.</summary>
    /// <param name="target">The port it connects to.</param>
    /// <param name="options">More lines of its configuration, given its files.</param>
    public static Task<PeerProcess> ServeAsync(int target, Func<PemFiles, string> options) =>
        StartAsync(target, files => $"cert = {files.Server}\n{options(files)}");

    /// <summary>Starts one that puts TLS over what connects to it.</summary>
    /// <param name="target">The port of the TLS server.</param>
    /// <param name="options">More lines of its configuration, given its files.</param>
    public static Task<PeerProcess> ConnectAsync(int target, Func<PemFiles, string> options) =>
        StartAsync(target, files => $"client = yes\n{options(files)}");

    private static Task<PeerProcess> StartAsync(int target, Func<PemFiles, string> options) => PeerProcess.StartAsync(
        Program,
        (directory, port) =>
        {
            string file = Path.Combine(directory, "stunnel.conf");
            File.WriteAllText(file, $"""
                foreground = yes
                syslog = no
                pid =
                [tunnel]
                accept = 127.0.0.1:{port}
                connect = 127.0.0.1:{target}
                {options(new PemFiles(directory))}

                """);
            return [file];
        },
        readyText: null);
}
