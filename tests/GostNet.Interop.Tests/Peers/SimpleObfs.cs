using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>simple-obfs: the disguises that GOST's <c>ohttp</c> and <c>otls</c> go back to. It ends both directions with the first.</summary>
internal static class SimpleObfs
{
    public const string LocalProgram = "obfs-local";
    public const string ServerProgram = "obfs-server";

    /// <summary>Takes disguised connections and passes them on bare.</summary>
    /// <param name="mode"><c>http</c> or <c>tls</c>.</param>
    /// <param name="target">Where they go.</param>
    public static Task<PeerProcess> StartServerAsync(string mode, string target) => PeerProcess.StartAsync(
        ServerProgram, (_, port) => [.. Common(mode), "-s", "127.0.0.1", "-p", Text(port), "-r", target], readyText: null);

    /// <summary>Takes bare connections and passes them on disguised.</summary>
    /// <param name="mode"><c>http</c> or <c>tls</c>.</param>
    /// <param name="server">The port of the disguised server.</param>
    /// <param name="host">The host that the greeting bears.</param>
    public static Task<PeerProcess> StartLocalAsync(string mode, int server, string host = "www.example.com") => PeerProcess.StartAsync(
        LocalProgram,
        (_, port) =>
        [
            .. Common(mode), "-s", "127.0.0.1", "-p", Text(server), "-b", "127.0.0.1", "-l", Text(port), "--obfs-host", host,
        ],
        readyText: null);

    private static string[] Common(string mode) => ["--obfs", mode, "-t", "60"];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
