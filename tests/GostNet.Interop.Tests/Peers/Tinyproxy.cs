using System.Net;

namespace GostNet.Interop.Tests.Peers;

/// <summary>tinyproxy: HTTP, CONNECT to every port, with a Basic login or without one.</summary>
internal static class Tinyproxy
{
    public const string Program = "tinyproxy";

    public static Task<PeerProcess> StartAsync(NetworkCredential? login = null) => PeerProcess.StartAsync(
        Program, (directory, port) => Prepare(directory, port, login), readyText: "Accepting connections");

    private static string[] Prepare(string directory, int port, NetworkCredential? login)
    {
        string file = Path.Combine(directory, "tinyproxy.conf");
        File.WriteAllText(file, $"""
            Listen 127.0.0.1
            Port {port}
            Timeout 600
            MaxClients 100
            LogLevel Info
            {(login is null ? "" : $"BasicAuth {login.UserName} {login.Password}")}

            """);
        return ["-d", "-c", file];
    }
}
