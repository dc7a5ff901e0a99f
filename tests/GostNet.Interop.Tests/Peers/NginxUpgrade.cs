namespace GostNet.Interop.Tests.Peers;

/// <summary>nginx in front of a server that WebSockets are asked for at: it passes the request on, and then the bytes.</summary>
internal static class NginxUpgrade
{
    public static Task<PeerProcess> StartAsync(int server) => PeerProcess.StartAsync(
        Nginx.Program, (directory, port) => Prepare(directory, port, server), readyText: "using the \"epoll\" event method");

    private static string[] Prepare(string directory, int port, int server)
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
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass http://127.0.0.1:{{server}};
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection "upgrade";
                    }
                }
            }

            """);
        return ["-p", directory, "-e", "stderr", "-c", file];
    }
}
