namespace GostNet.Tests.Transports.Tls;

/// <summary>A folder for a test's files, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gostnet-");
    private int _writes;

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>The names of the files in it.</summary>
    public IEnumerable<string> Names => _folder.EnumerateFileSystemInfos().Select(file => file.Name).Order();

    /// <summary>Writes a file whose time differs from that of what was there before, however soon it comes after it.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        File.SetLastWriteTimeUtc(this[name], new DateTime(2020, 1, 1, 0, 0, ++_writes, DateTimeKind.Utc));
        return this[name];
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
