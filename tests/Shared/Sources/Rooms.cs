using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace GostNet.Tests.Shared.Sources;

/// <summary>The rooms of a library: the folders of its sources, of which some may name others.</summary>
internal sealed partial class Rooms
{
    private readonly string _root;
    private readonly string[] _namedByAll;
    private readonly IReadOnlyDictionary<string, string[]> _mayName;

    /// <summary>Reads the sources of a library.</summary>
    /// <param name="library">Its namespace, and the folder of its sources.</param>
    /// <param name="namedByAll">What each room may name.</param>
    /// <param name="mayName">What each room may name beside itself and those.</param>
    public Rooms(string library, string[] namedByAll, IReadOnlyDictionary<string, string[]> mayName)
    {
        _root = library;
        _namedByAll = namedByAll;
        _mayName = mayName;
        Files = ReadSources(library);
    }

    /// <summary>All sources.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Folders that the table does not know.</summary>
    public IEnumerable<string> FindUnknown() => Files.Select(file => file.Room).Distinct().Except(_mayName.Keys);

    /// <summary>Namespaces that are neither of the file's room nor one that all may have.</summary>
    public IEnumerable<string> FindStrayNamespaces(Func<SourceFile, string, bool> isAllowed) => Complain(file =>
        NamespaceDeclaration().Matches(file.Code).Select(match => match.Groups[1].Value).Where(name =>
            name != $"{_root}.{file.Room}" && !name.StartsWith($"{_root}.{file.Room}.", StringComparison.Ordinal) && !isAllowed(file, name)));

    /// <summary>Rooms that are named where they may not be.</summary>
    public IEnumerable<string> FindForbidden() => Complain(file =>
        FindNamed(file).Where(room => room != file.Room && !_namedByAll.Contains(room) && !_mayName[file.Room].Contains(room)));

    /// <summary>The rooms that a file names.</summary>
    public IEnumerable<string> FindNamed(SourceFile file) =>
        Regex.Matches(file.Code, $@"\b{Regex.Escape(_root)}\.(\w+)").Select(match => match.Groups[1].Value)
            .Concat(RelativeName().Matches(file.Code)
                .Where(match => FindTypes(other => other.Room == match.Groups[1].Value).Contains(match.Groups[2].Value))
                .Select(match => match.Groups[1].Value))
            .Where(_mayName.ContainsKey).Distinct();

    /// <summary>The types that some files declare.</summary>
    public IEnumerable<string> FindTypes(Func<SourceFile, bool> filter) =>
        Files.Where(filter).SelectMany(file => TypeDeclaration().Matches(file.Code)).Select(match => match.Groups[1].Value);

    /// <summary>What is wrong, file by file.</summary>
    public IEnumerable<string> Complain(Func<SourceFile, IEnumerable<string>> findOffences) =>
        Files.SelectMany(file => findOffences(file).Distinct().Select(offence => $"{file.Path} names {offence}"));

    /// <summary>Takes comments and literals out: what they name binds nobody.</summary>
    public static string Strip(string code) => CommentOrLiteral().Replace(code, " ");

    private static List<SourceFile> ReadSources(string library, [CallerFilePath] string here = "")
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src", library));
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Parts: Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)))
            .Where(file => file.Parts[0] is not ("bin" or "obj"))
            .Select(file => new SourceFile(
                string.Join('/', file.Parts), file.Parts[0], file.Parts.Length > 2 ? file.Parts[1] : null,
                Strip(File.ReadAllText(file.Path))))];
    }

    [GeneratedRegex("""
        \"{3}[\s\S]*?\"{3} | @"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+' | //[^\n]* | /\*[\s\S]*?\*/
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrLiteral();

    // Inside of the library's namespace, "Room.Type" will do. A property may be called as a room is, so the type has to be one of the room's.
    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex RelativeName();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"^(?:[a-z]+ )+(?:class|struct|interface|enum|record(?: struct)?) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
