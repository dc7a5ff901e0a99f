namespace GostNet.Interop.Tests.Peers;

/// <summary>nginx: serves the files of a directory, takes others with PUT, and tells under <c>/requests</c> how many requests its
/// connection has carried.</summary>
internal static class Nginx
{
    public const string Program = "nginx";

    public static Task<PeerProcess> StartAsync(string root = "/nonexistent") => StartAsync((_, port) => $$"""
        server {
            listen 127.0.0.1:{{port}};
            root {{root}};
            client_max_body_size 0;
            dav_methods PUT;
            location = /requests { return 200 $connection_requests; }
        }
        """);

    /// <summary>As a reverse proxy in front of a server that is asked for WebSockets, for one path of one host; others get 421, and
    /// <c>/forbidden</c> gets 403.</summary>
    /// <param name="host">The host that clients ask for.</param>
    /// <param name="path">The path that clients ask for.</param>
    /// <param name="server">The server's address, <c>host:port</c>.</param>
    /// <param name="serverPath">The path that the server is asked for.</param>
    /// <param name="isTls">Whether clients speak TLS to it, and it the bare protocol to the server; it has the server's test certificate
    /// then.</param>
    public static Task<PeerProcess> StartProxyAsync(string host, string path, string server, string serverPath, bool isTls = false) =>
        StartAsync((directory, port) => $$"""
            server {
                listen 127.0.0.1:{{port}}{{(isTls ? Encrypted(new PemFiles(directory)) : "")}};
                server_name {{host}};
                if ($host != {{host}}) { return 421; }
                location = /forbidden { return 403; }
                location = {{path}} {
                    proxy_pass http://{{server}}{{serverPath}};
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection upgrade;
                }
            }
            """);

    /// <summary>Starts it with servers of another kind.</summary>
    /// <param name="writeServers">Their part of the configuration, for a directory and a port.</param>
    public static Task<PeerProcess> StartAsync(Func<string, int, string> writeServers) => PeerProcess.StartAsync(
        Program, (directory, port) => Prepare(directory, writeServers(directory, port)), readyText: "using the \"epoll\" event method");

    private static string Encrypted(PemFiles files) => $" ssl; ssl_certificate {files.Server}; ssl_certificate_key {files.Server}";

    private static string[] Prepare(string directory, string servers)
    {
        string file = Path.Combine(directory, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off;
            master_process off;
            error_log stderr notice;
            pid nginx.pid;
            events { }
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
            {{servers}}
            }

            """);
        return ["-p", directory, "-e", "stderr", "-c", file];
    }
}
