namespace GostNet.Tests.Docs;

/// <summary>The code that README files show is code that compiles.</summary>
public sealed class SnippetTests
{
    private const string Code = """
        #region Greeting
        using System;
        #endregion
        class C
        {
            void M()
            {
                #region Greeting
                if (true)
                {
                    #region not shown
                    Test();
                    #endregion
                    Console.WriteLine("Hello");
                }
                #endregion
            }
        }
        """;

    private const string Shown = "using System;\n\nif (true)\n{\n    Console.WriteLine(\"Hello\");\n}";

    private static readonly string[] Readmes = ["README.md", "src/GostNet/README.md", "src/GostNet.Ssh/README.md"];

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/GostNet/README.md")]
    [InlineData("src/GostNet.Ssh/README.md")]
    public void Blocks_OfAReadme_AreTheRegionsTheyName(string readme) =>
        AssertNone(ReadmeSnippets.Compare(Repository.Read(readme), ReadAll()));

    [Fact]
    public void Regions_OfTheSnippets_AreShown() =>
        AssertNone(ReadAll().Keys.Except(
            Readmes.SelectMany(readme => ReadmeSnippets.ReadBlocks(Repository.Read(readme))).Select(block => block.Name ?? "")));

    [Fact]
    public void ReadRegions_PartsAndHiddenLines_AreJoinedAndLeftOut() => Assert.Equal(Shown, ReadmeSnippets.ReadRegions(Code)["Greeting"]);

    [Fact]
    public void ReadRegions_WithoutAnEnd_Throws() => Assert.Throws<FormatException>(() => ReadmeSnippets.ReadRegions("#region A\nx"));

    [Fact]
    public void Compare_ACopy_HasNoComplaint() => Assert.Empty(CompareWith($"<!-- snippet: Greeting -->\n```csharp\n{Shown}\n```"));

    [Fact]
    public void Compare_ABlockWithoutAName_IsReported() => Assert.Contains(
        "no <!-- snippet", Assert.Single(CompareWith($"\n```csharp\n{Shown}\n```")), StringComparison.Ordinal);

    [Fact]
    public void Compare_AnUnknownName_IsReported() => Assert.Equal(
        "There is no #region Farewell.", Assert.Single(CompareWith("<!-- snippet: Farewell -->\n```cs\n```\n")));

    [Fact]
    public void Compare_AnotherLine_IsReportedWithItsNumber() => Assert.StartsWith(
        "Greeting: line 5 of the block is\n      Console.WriteLine(\"Bye\");\nand in the code\n      Console.WriteLine(\"Hello\");\n",
        Assert.Single(CompareWith($"<!-- snippet: Greeting -->\n```csharp\n{Shown.Replace("Hello", "Bye", StringComparison.Ordinal)}\n```")),
        StringComparison.Ordinal);

    [Fact]
    public void Compare_AMissingLine_IsReported() => Assert.StartsWith(
        "Greeting: line 6 of the block is\n  (missing)\n",
        Assert.Single(CompareWith($"<!-- snippet: Greeting -->\n```csharp\n{Shown[..^2]}\n```")),
        StringComparison.Ordinal);

    private static List<string> CompareWith(string readme) => ReadmeSnippets.Compare(readme, ReadmeSnippets.ReadRegions(Code));

    private static Dictionary<string, string> ReadAll() =>
        new(Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples/Snippets"), "*.cs")
            .SelectMany(path => ReadmeSnippets.ReadRegions(Repository.Read(path))));

    private static void AssertNone(IEnumerable<string> complaints)
    {
        string[] all = [.. complaints];
        Assert.True(all.Length == 0, string.Join("\n\n", all));
    }
}
