namespace GostNet.Interop.Tests.Peers;

/// <summary>Dante's server: SOCKS5 and SOCKS4 on one port, without a login.</summary>
internal static class Danted
{
    public const string Program = "danted";

    public static Task<PeerProcess> StartAsync() => PeerProcess.StartAsync(Program, Prepare, readyText: " running");

    private static string[] Prepare(string directory, int port)
    {
        string file = Path.Combine(directory, "danted.conf");
        File.WriteAllText(file, $$"""
            logoutput: stderr
            internal: 127.0.0.1 port = {{port}}
            external: lo
            clientmethod: none
            socksmethod: none
            client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
            socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0
                log: connect }

            """);
        return ["-f", file, "-p", Path.Combine(directory, "danted.pid")];
    }
}
