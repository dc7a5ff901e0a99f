using System.Globalization;
using System.Net;

namespace GostNet.Interop.Tests.Peers;

/// <summary>microsocks: SOCKS5, with a login by user name and password or without one.</summary>
internal static class Microsocks
{
    public const string Program = "microsocks";

    public static Task<PeerProcess> StartAsync(NetworkCredential? login = null) => PeerProcess.StartAsync(
        Program,
        (_, port) =>
        [
            "-i", "127.0.0.1",
            "-p", port.ToString(CultureInfo.InvariantCulture),
            .. login is null ? Array.Empty<string>() : ["-u", login.UserName, "-P", login.Password],
        ],
        readyText: null);
}
