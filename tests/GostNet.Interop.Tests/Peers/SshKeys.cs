using System.Collections.Concurrent;
using System.Globalization;

namespace GostNet.Interop.Tests.Peers;

/// <summary>Keys of hosts and of users, each made when it is first asked for, in a directory of their own.</summary>
public sealed class SshKeys : IDisposable
{
    /// <summary>The name that hosts go by in <see cref="KnownHosts"/>.</summary>
    public const string HostName = "gostnet-test";

    /// <summary>The kind of key for tests that are about something else.</summary>
    public const string DefaultKind = "ed25519";

    /// <summary>Every kind of key: the algorithm, its size if it has more than one, and the format of the file if it is not
    /// OpenSSH's.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-3072"];

    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("gostnet-ssh-keys-");
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _files = new();
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>Where the keys are.</summary>
    public string Directory => _directory.FullName;

    /// <summary>A file that knows all host keys that there are, under <see cref="HostName"/>.</summary>
    public string KnownHosts => Path.Combine(Directory, "known_hosts");

    /// <summary>A file with all keys of users that there are.</summary>
    public string AuthorizedKeys => Path.Combine(Directory, "authorized_keys");

    /// <summary>The kinds of keys as the rows of a theory.</summary>
    public static TheoryData<string> AllKinds => [.. Kinds];

    /// <summary>A host's private key.</summary>
    /// <returns>Its file; that of the public key is beside it.</returns>
    public Task<string> HostKeyAsync(string kind = DefaultKind) =>
        FileAsync($"host-{kind}", name => MakeAsync(name, kind, publicKey => Add(KnownHosts, $"{HostName} {publicKey}")));

    /// <summary>A user's private key, which is authorized.</summary>
    /// <returns>Its file; that of the public key is beside it.</returns>
    public Task<string> UserKeyAsync(string kind = DefaultKind) =>
        FileAsync($"user-{kind}", name => MakeAsync(name, kind, publicKey => Add(AuthorizedKeys, publicKey)));

    /// <summary>The same key in dropbear's format.</summary>
    public Task<string> DropbearKeyAsync(string kind) => FileAsync(
        $"dropbear-{kind}",
        async name => await ProgramRun.ToEndAsync("dropbearconvert", "openssh", "dropbear", await UserKeyAsync(kind), name));

    /// <summary>The same key in PuTTY's format.</summary>
    public Task<string> PuttyKeyAsync(string kind) => FileAsync(
        $"putty-{kind}.ppk", async name => await ProgramRun.ToEndAsync("puttygen", await UserKeyAsync(kind), "-O", "private", "-o", name));

    /// <summary>The fingerprint of a host key.</summary>
    /// <returns><c>SHA256:…</c></returns>
    public async Task<string> FingerprintAsync(string kind = DefaultKind) =>
        (await ProgramRun.ToEndAsync(OpenSsh.KeyMaker, "-l", "-f", $"{await HostKeyAsync(kind)}.pub")).Split(' ')[1];

    /// <summary>Writes a file of authorized keys with the one key, behind options.</summary>
    public async Task<string> AuthorizeAsync(string options, string kind = DefaultKind)
    {
        string file = Path.Combine(Directory, $"authorized-{Guid.NewGuid():n}");
        await File.WriteAllTextAsync(file, $"{options} {await File.ReadAllTextAsync($"{await UserKeyAsync(kind)}.pub")}");
        return file;
    }

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        _writing.Dispose();
    }

    private Task<string> FileAsync(string name, Func<string, Task> make)
    {
        string path = Path.Combine(Directory, name);
        return _files.GetOrAdd(name, _ => new(async () =>
        {
            await make(path);
            return path;
        })).Value;
    }

    private async Task MakeAsync(string path, string kind, Action<string> publish)
    {
        string[] parts = kind.Split('-');
        await ProgramRun.ToEndAsync(
            OpenSsh.KeyMaker,
            [
                "-q", "-N", "", "-C", "", "-f", path, "-t", parts[0],
                .. parts.Length > 1 ? new[] { "-b", int.Parse(parts[1], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) } : [],
                .. parts.Length > 2 ? new[] { "-m", parts[2] } : [],
            ]);
        string publicKey = await File.ReadAllTextAsync($"{path}.pub");
        await _writing.WaitAsync();
        try
        {
            publish(publicKey);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static void Add(string file, string line) => File.AppendAllText(file, line);
}
