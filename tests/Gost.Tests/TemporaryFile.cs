namespace GostNet.Examples.Gost.Tests;

/// <summary>A file that is there for as long as a test lasts.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string content) => File.WriteAllText(Path, content);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(Path);
}
