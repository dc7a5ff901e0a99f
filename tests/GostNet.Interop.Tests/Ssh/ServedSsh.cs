using System.Globalization;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;

namespace GostNet.Interop.Tests.Ssh;

/// <summary>What the tests do with an SSH server of ours, or through one, time and again.</summary>
internal static class ServedSsh
{
    public const string UserName = "gost";
    public const string Password = "right-password";

    /// <summary>Starts a server that lets in who has one of the tests' keys.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="options">More about it.</param>
    /// <param name="hostKeys">The kinds of its host keys.</param>
    /// <param name="listen">Where it listens.</param>
    public static async Task<Forwarder> ServeAsync(
        SshKeys keys, SshServerOptions? options = null, IEnumerable<string>? hostKeys = null, string listen = LocalForward.AnyPort)
    {
        await keys.UserKeyAsync(); // so that the file is there
        List<string> files = [];
        foreach (string kind in hostKeys ?? [SshKeys.DefaultKind])
        {
            files.Add(await keys.HostKeyAsync(kind));
        }

        options ??= new();
        return await new ForwardBuilder()
            .ServeSsh(listen, options with
            {
                HostKeyFiles = [.. files],
                AuthorizedKeysFile = options.AuthorizedKeysFile ?? keys.AuthorizedKeys,
            })
            .StartAsync();
    }

    /// <summary>What -L and -R are told: a port of this machine, and where it leads.</summary>
    public static string Leads(int port, int target) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}:127.0.0.1:{target}");

    /// <summary>Sends 300 kB through a port and back, and the end of both directions.</summary>
    public static Task AssertEchoedAsync(int port) =>
        TcpTraffic.AssertEchoedAsync(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port), port, size: 300_000);
}
