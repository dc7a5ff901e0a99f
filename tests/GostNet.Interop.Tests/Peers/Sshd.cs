namespace GostNet.Interop.Tests.Peers;

/// <summary>OpenSSH's server, with nothing of the machine's own settings. Whoever runs the tests may log in by a key.</summary>
internal static class Sshd
{
    public const string Program = "sshd";

    /// <summary>Starts it.</summary>
    /// <param name="lines">What is to be in its configuration beside that: host keys, at least, and who may log in. Of two lines about the
    /// same thing the first counts.</param>
    public static Task<PeerProcess> StartAsync(params IEnumerable<string> lines) => PeerProcess.StartAsync(
        Program, (directory, port) => Prepare(directory, port, lines), readyText: "Server listening on");

    private static string[] Prepare(string directory, int port, IEnumerable<string> lines)
    {
        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory("/run/sshd"); // what the service's start makes, and sshd as root insists on
        }

        string file = Path.Combine(directory, "sshd.conf");
        File.WriteAllText(file, $"""
            ListenAddress 127.0.0.1:{port}
            {string.Join('\n', lines)}
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            MaxStartups 100
            PidFile none

            """);
        return ["-D", "-e", "-f", file];
    }
}
