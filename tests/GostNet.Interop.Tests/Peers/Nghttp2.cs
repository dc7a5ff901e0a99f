namespace GostNet.Interop.Tests.Peers;

/// <summary>The programs of nghttp2: a client, a load maker, and a proxy that is asked over HTTP/2. All without TLS.</summary>
internal static class Nghttp2
{
    public const string Client = "nghttp";
    public const string Load = "h2load";
    public const string Proxy = "nghttpx";

    /// <summary>Takes CONNECT over HTTP/2, and asks another proxy over HTTP/1.1.</summary>
    public static Task<PeerProcess> StartProxyAsync(PeerProcess next) => PeerProcess.StartAsync(
        Proxy,
        (_, port) =>
        [
            "--http2-proxy", "--single-process", "--workers=1", "--conf=/dev/null", "--errorlog-file=/dev/stderr",
            "--accesslog-file=/dev/null", "--backend-read-timeout=60s", $"--frontend=127.0.0.1,{port};no-tls", $"--backend=127.0.0.1,{next.Port}",
        ],
        readyText: null,
        next);
}
