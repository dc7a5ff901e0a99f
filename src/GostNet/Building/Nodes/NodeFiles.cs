using System.Diagnostics.CodeAnalysis;

namespace GostNet.Building.Nodes;

/// <summary>Reads the files that node URLs name, relative to one folder.</summary>
/// <param name="folder">The folder; the working directory if <see langword="null"/>.</param>
internal sealed class NodeFiles(string? folder = null)
{
    /// <summary>The full path of a file.</summary>
    public string Resolve(string name) => folder is null ? Path.GetFullPath(name) : Path.GetFullPath(name, folder);

    public bool Exists(string name)
    {
        // File.Exists takes no offence at anything, but a full path cannot be made of everything.
        return name.Length > 0 && !name.Contains('\0') && File.Exists(Resolve(name));
    }

    /// <summary>Reads a file's lines, or says why that is not possible.</summary>
    public bool TryReadLines(
        string name, [NotNullWhen(true)] out string[]? lines, [NotNullWhen(false)] out string? problem)
    {
        (lines, problem) = (null, null);
        if (!Exists(name))
        {
            problem = "there is no such file";
            return false;
        }

        try
        {
            lines = File.ReadAllLines(Resolve(name));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
            return false;
        }
    }
}
