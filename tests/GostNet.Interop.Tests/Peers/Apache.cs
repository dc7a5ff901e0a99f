namespace GostNet.Interop.Tests.Peers;

/// <summary>Apache as an HTTP proxy: CONNECT to every port. Unlike tinyproxy it carries a half-close.</summary>
internal static class Apache
{
    public const string Program = "apache2";

    public static Task<PeerProcess> StartAsync() => PeerProcess.StartAsync(Program, Prepare, readyText: "resuming normal operations");

    private static string[] Prepare(string directory, int port)
    {
        string file = Path.Combine(directory, "apache.conf");
        File.WriteAllText(file, $"""
            ServerName localhost
            Listen 127.0.0.1:{port}
            {(Environment.IsPrivilegedProcess ? "User nobody\nGroup nogroup" : "")}
            PidFile {directory}/apache.pid
            DefaultRuntimeDir {directory}
            Mutex posixsem
            ErrorLog /dev/stderr
            LogLevel notice
            LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
            LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
            LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
            LoadModule proxy_connect_module /usr/lib/apache2/modules/mod_proxy_connect.so
            ServerLimit 1
            StartServers 1
            ThreadsPerChild 64
            MaxRequestWorkers 64
            ProxyRequests On
            AllowCONNECT 1-65535

            """);
        return ["-D", "FOREGROUND", "-d", directory, "-f", file];
    }
}
