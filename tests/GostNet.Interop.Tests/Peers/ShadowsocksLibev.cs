using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>shadowsocks-libev: a server, a client that is asked by SOCKS5, and one whose target is fixed. Its fourth program, ss-redir, takes
/// what the kernel redirects and needs rules of the firewall for that; it speaks as ss-tunnel does.</summary>
internal static class ShadowsocksLibev
{
    public const string Server = "ss-server";
    public const string Local = "ss-local";
    public const string Tunnel = "ss-tunnel";
    public const string Password = "right-password";

    /// <summary>Starts a server for connections and datagrams.</summary>
    public static Task<PeerProcess> StartServerAsync(string method) => PeerProcess.StartAsync(
        Server,
        (_, port) => ["-s", "127.0.0.1", "-p", Text(port), "-k", Password, "-m", method, "-u"],
        readyText: null); // what it prints, it prints before it listens

    /// <summary>Starts a client of a server.</summary>
    public static Task<PeerProcess> StartLocalAsync(string method, int server) => PeerProcess.StartAsync(
        Local,
        (_, port) => ["-s", "127.0.0.1", "-p", Text(server), "-l", Text(port), "-k", Password, "-m", method],
        readyText: null);

    /// <summary>Starts a client of a server, for connections and datagrams to one target.</summary>
    public static Task<PeerProcess> StartTunnelAsync(string method, int server, string target) => PeerProcess.StartAsync(
        Tunnel,
        (_, port) => ["-s", "127.0.0.1", "-p", Text(server), "-l", Text(port), "-k", Password, "-m", method, "-L", target, "-u"],
        readyText: null);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
