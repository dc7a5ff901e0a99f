using System.Runtime.CompilerServices;

namespace GostNet.Tests.Docs;

/// <summary>Files of the repository that these tests read.</summary>
internal static class Repository
{
    /// <summary>Where README.md lies.</summary>
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
