using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace GostNet.Tests;

/// <summary>Keeps the rooms of src/GostNet apart: which may name which is a table, and this is it.</summary>
public sealed partial class RoomsTests
{
    private static readonly string[] NamedByAll = ["Diagnostics", "Internal"];

    /// <summary>What each room may name beside itself and <see cref="NamedByAll"/>.</summary>
    private static readonly Dictionary<string, string[]> MayName = new()
    {
        ["Abstractions"] = [],
        ["Transports"] = ["Abstractions"],
        ["Protocols"] = ["Abstractions"],
        ["Selection"] = ["Abstractions"],
        ["Relaying"] = ["Abstractions"],
        ["Chains"] = ["Abstractions", "Transports", "Protocols", "Selection"],
        ["Forwarding"] = ["Abstractions", "Transports", "Protocols", "Selection", "Relaying", "Chains"],
        ["Building"] = ["Abstractions", "Transports", "Protocols", "Selection", "Relaying", "Chains", "Forwarding", "Hosting", "Testing"],
        ["Hosting"] = ["Abstractions", "Building"],
        ["Testing"] = ["Abstractions"],
        ["Diagnostics"] = [],
        ["Internal"] = [],
    };

    private static readonly List<SourceFile> Files = ReadSources();

    [Fact]
    public void Folders_OfTheLibrary_AreKnownRooms() =>
        Assert.Empty(Files.Select(file => file.Room).Distinct().Except(MayName.Keys));

    [Fact]
    public void Namespaces_OfEachFile_AreTheRoomsOrTheRoot() =>
        Assert.Empty(Complain(file => NamespaceDeclaration().Matches(file.Code).Select(match => match.Groups[1].Value).Where(name =>
            name != "GostNet" && name != $"GostNet.{file.Room}" && !name.StartsWith($"GostNet.{file.Room}.", StringComparison.Ordinal)
            && !(file.Room == "Hosting" && name == "Microsoft.Extensions.DependencyInjection"))));

    [Fact]
    public void Rooms_NamedInEachFile_AreAllowed() =>
        Assert.Empty(Complain(file => NamedRooms(file)
            .Where(room => room != file.Room && !NamedByAll.Contains(room) && !MayName[file.Room].Contains(room))));

    [Fact]
    public void Types_OfOneTransport_AreNotNamedByAnother() =>
        Assert.Empty(Complain(file => file is { Room: "Transports", Layer: not null }
            ? Types(other => other is { Room: "Transports", Layer: not null } && other.Layer != file.Layer)
                .Where(type => Regex.IsMatch(file.Code, $@"\b{type}\b"))
            : []));

    [Fact]
    public void Sockets_InProtocols_AreNotUsed() =>
        Assert.Empty(Complain(file => file.Room == "Protocols" ? SocketUse().Matches(file.Code).Select(match => match.Value) : []));

    [Fact]
    public void Polly_OutsideOfSelection_IsNotNamed() =>
        Assert.Empty(Complain(file => file.Room == "Selection" ? [] : PollyUse().Matches(file.Code).Select(match => match.Value)));

    [Theory]
    [InlineData("using GostNet.Chains;", "Chains")]
    [InlineData("using static GostNet.Chains.Chain;", "Chains")]
    [InlineData("using C = global::GostNet.Chains.Chain;", "Chains")]
    [InlineData("namespace GostNet.Relaying;\nclass A { Testing.InMemoryNetwork? x; }", "Testing")]
    [InlineData("// GostNet.Chains\n/* GostNet.Chains */ string s = \"GostNet.Chains.\" + @\"\\\" + $\"\\\" GostNet.Chains\";", null)]
    [InlineData("var x = options.Testing.InMemoryNetwork + Selection.MaxFails;", null)]
    public void NamedRooms_OfACodeSample_AreFound(string code, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], NamedRooms(new("Sample.cs", "Relaying", null, Strip(code))).Except(["Relaying"]));

    private static IEnumerable<string> NamedRooms(SourceFile file) =>
        RoomName().Matches(file.Code).Select(match => match.Groups[1].Value)
            .Concat(RelativeName().Matches(file.Code)
                .Where(match => Types(other => other.Room == match.Groups[1].Value).Contains(match.Groups[2].Value))
                .Select(match => match.Groups[1].Value))
            .Where(MayName.ContainsKey).Distinct();

    private static IEnumerable<string> Types(Func<SourceFile, bool> filter) =>
        Files.Where(filter).SelectMany(file => TypeDeclaration().Matches(file.Code)).Select(match => match.Groups[1].Value);

    private static IEnumerable<string> Complain(Func<SourceFile, IEnumerable<string>> findOffences) =>
        Files.SelectMany(file => findOffences(file).Distinct().Select(offence => $"{file.Path} names {offence}"));

    private static List<SourceFile> ReadSources([CallerFilePath] string here = "")
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../src/GostNet"));
        return [.. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Parts: Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)))
            .Where(file => file.Parts[0] is not ("bin" or "obj"))
            .Select(file => new SourceFile(
                string.Join('/', file.Parts), file.Parts[0], file.Parts.Length > 2 ? file.Parts[1] : null,
                Strip(File.ReadAllText(file.Path))))];
    }

    /// <summary>Takes comments and literals out: what they name binds nobody.</summary>
    private static string Strip(string code) => CommentOrLiteral().Replace(code, " ");

    [GeneratedRegex("""
        \"{3}[\s\S]*?\"{3} | @"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+' | //[^\n]* | /\*[\s\S]*?\*/
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrLiteral();

    [GeneratedRegex(@"\bGostNet\.(\w+)")]
    private static partial Regex RoomName();

    // Inside of namespace GostNet, "Room.Type" will do. A property may be called as a room is, so the type has to be one of the room's.
    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex RelativeName();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"^(?:[a-z]+ )+(?:class|struct|interface|enum|record(?: struct)?) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    // A connection that stands in front of another one may pass on TryGetSocket.
    [GeneratedRegex(@"(?<!\bout )\bSocket\b")]
    private static partial Regex SocketUse();

    [GeneratedRegex(@"\bPolly\b")]
    private static partial Regex PollyUse();

    private sealed record SourceFile(string Path, string Room, string? Layer, string Code);
}
