using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>python's http.server: HTTP/1.0, so each answer ends with its connection.</summary>
internal static class PythonHttpServer
{
    public const string Program = "python3";

    public static Task<PeerProcess> StartAsync(string root) => PeerProcess.StartAsync(
        Program,
        (_, port) =>
        [
            "-u", "-m", "http.server", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--directory", root,
        ],
        readyText: "Serving HTTP on");
}
