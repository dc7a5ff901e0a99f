using System.Text.RegularExpressions;

namespace GostNet.Tests.Docs;

/// <summary>The commands that the README shows can be run.</summary>
public sealed partial class ReadmeCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public static TheoryData<string> Commands() =>
    [
        .. ShellBlock().Matches(Repository.Read("README.md"))
            .SelectMany(block => block.Value.Split('\n'))
            .Where(line => line.Contains(" -L ", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Commands_OfTheReadme_AreFound() => Assert.True(Commands().Count > 5);

    [Theory]
    [MemberData(nameof(Commands))]
    public void Build_ACommandOfTheReadme_HasNoMistake(string command)
    {
        string users = Path.Combine(_folder.FullName, "users.txt");
        File.WriteAllText(users, "alice secret\nreload 10s\n");
        ForwardBuilder builder = new ForwardBuilder().UseUnverifiedPeers(UnverifiedPeers.Warn); // as the command line does
        int nodes = 0;
        foreach (Match node in Node().Matches(command))
        {
            string url = node.Groups["url"].Value.Trim('\'').Replace("users.txt", Uri.EscapeDataString(users), StringComparison.Ordinal);
            _ = node.Groups["flag"].Value == "L" ? builder.Serve(url) : builder.Via(url);
            nodes++;
        }

        Assert.Equal(command.Split(' ').Count(word => word is "-L" or "-F"), nodes);
        Assert.NotEmpty(builder.Build().Forwards);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [GeneratedRegex(@"^```sh\n(?:(?!```).*\n)*^```", RegexOptions.Multiline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@" -(?<flag>[LF]) (?<url>'[^']+'|[^' ]+)")]
    private static partial Regex Node();
}
