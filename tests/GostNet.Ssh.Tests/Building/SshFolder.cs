using GostNet.Ssh.Tests.Keys;

namespace GostNet.Ssh.Tests.Building;

/// <summary>A directory for the files of one test, which goes with it.</summary>
internal sealed class SshFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = Directory.CreateTempSubdirectory("gostnet").FullName;

    /// <summary>A place in the directory.</summary>
    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file.</summary>
    /// <returns>Where it is.</returns>
    public string Write(string name, string content)
    {
        File.WriteAllText(Of(name), content);
        return Of(name);
    }

    /// <summary>Copies a private key of the vectors, for nobody else to read.</summary>
    /// <returns>Where it is.</returns>
    public string CopyKey(string name)
    {
        File.Copy(TestKeys.PathOf(System.IO.Path.Combine("keys", name)), Of(name), overwrite: true);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Of(name), OwnerOnly);
        }

        return Of(name);
    }

    /// <summary>A line of <c>authorized_keys</c> or, behind a name, of <c>known_hosts</c>.</summary>
    /// <param name="key">One of <see cref="TestKeys.Names"/>.</param>
    public static string LineOf(string key) =>
        $"{TestKeys.Describe(key).GetProperty("type").GetString()} {TestKeys.Describe(key).GetProperty("public_blob_base64").GetString()}\n";

    /// <summary>The fingerprint of a key of the vectors.</summary>
    public static string PinOf(string key) => TestKeys.Describe(key).GetProperty("sha256").GetString()!;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
