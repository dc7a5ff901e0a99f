namespace GostNet.Ssh.Tests.Trust;

/// <summary>A file in a directory of its own, which goes with it.</summary>
internal sealed class TempFile : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gostnet").FullName;

    /// <summary>Makes a file, or with no content only the place for one.</summary>
    public TempFile(string? content = null)
    {
        Path = System.IO.Path.Combine(_directory, "file");
        if (content is not null)
        {
            Write(content);
        }
    }

    public string Path { get; }

    public void Write(string content) => File.WriteAllText(Path, content);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
