using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>OpenSSH's server, with keys made for it, and its clients, which log in to it as the user who runs the tests.</summary>
internal sealed class OpenSsh : IAsyncDisposable
{
    public const string Server = Sshd.Program;
    public const string Client = "ssh";
    public const string Copy = "scp";
    public const string KeyMaker = "ssh-keygen";

    private readonly DirectoryInfo _keys;
    private readonly PeerProcess _server;

    private OpenSsh(DirectoryInfo keys, PeerProcess server)
    {
        _keys = keys;
        _server = server;
    }

    public string Address => _server.Address;

    private string ClientKey => Path.Combine(_keys.FullName, "client");

    public static async Task<OpenSsh> StartAsync()
    {
        DirectoryInfo keys = Directory.CreateTempSubdirectory("gostnet-keys-");
        try
        {
            foreach (string name in new[] { "host", "client" })
            {
                await ProgramRun.ToEndAsync(KeyMaker, "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(keys.FullName, name));
            }

            return new(keys, await StartServerAsync(keys.FullName));
        }
        catch
        {
            keys.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Copies a file to or from the server.</summary>
    /// <param name="port">The local port that leads to the server.</param>
    /// <param name="from">A file, with <see cref="Remote"/> if it is the server's.</param>
    /// <param name="to">As <paramref name="from"/>.</param>
    public Task CopyAsync(int port, string from, string to) => ProgramRun.ToEndAsync(
        Copy, [.. ClientOptions, "-P", port.ToString(CultureInfo.InvariantCulture), from, to]);

    /// <summary>How scp is told a file of the server.</summary>
    public static string Remote(string path) => $"{Environment.UserName}@127.0.0.1:{path}";

    /// <summary>Starts <c>ssh -D</c> and its server: a SOCKS5, SOCKS4 and SOCKS4a proxy.</summary>
    public static async Task<PeerProcess> StartProxyAsync()
    {
        OpenSsh server = await StartAsync();
        try
        {
            return await server.StartClientAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _keys.Delete(recursive: true);
    }

    private string[] ClientOptions =>
    [
        "-F", "none",
        "-i", ClientKey,
        "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null",
    ];

    private static Task<PeerProcess> StartServerAsync(string keys) =>
        Sshd.StartAsync($"HostKey {keys}/host", $"AuthorizedKeysFile {keys}/client.pub", "Subsystem sftp internal-sftp");

    private Task<PeerProcess> StartClientAsync() => PeerProcess.StartAsync(
        Client,
        (_, port) =>
        [
            .. ClientOptions,
            "-vv", "-N", // tells what it is asked for
            "-o", "ExitOnForwardFailure=yes",
            "-D", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            "-p", _server.Port.ToString(CultureInfo.InvariantCulture),
            $"{Environment.UserName}@127.0.0.1",
        ],
        readyText: "Entering interactive session",
        server: this);
}
