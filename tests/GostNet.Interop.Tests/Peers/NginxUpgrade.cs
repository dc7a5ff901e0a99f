namespace GostNet.Interop.Tests.Peers;

/// <summary>nginx in front of a server that WebSockets are asked for at: it passes the request on, and then the bytes.</summary>
internal static class NginxUpgrade
{
    public static Task<PeerProcess> StartAsync(int server) => Nginx.StartAsync((_, port) => $$"""
        server {
            listen 127.0.0.1:{{port}};
            location / {
                proxy_pass http://127.0.0.1:{{server}};
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection "upgrade";
            }
        }
        """);
}
