using System.Text.RegularExpressions;
using GostNet.Ssh.Building;
using GostNet.Tests.Docs;
using GostNet.Tests.Shared.Sources;

namespace GostNet.Ssh.Tests.Docs;

/// <summary>The tables of the package's README say what the library does.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Repository.Read("src/GostNet.Ssh/README.md");

    [Fact]
    public void Options_InTheReadme_HaveTheDefaultsOfTheLibrary() =>
        Assert.Equal(OptionRows.Of(typeof(SshClientOptions).Assembly), OptionRows.Read(Readme));

    [Fact]
    public void Parameters_OfTheScheme_AreInTheReadmeAtTheSideThatTakesThem()
    {
        Dictionary<string, string> sides = ParameterRow().Matches(Readme).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);

        foreach (TransportParameter parameter in SshScheme.Create().Parameters)
        {
            string expected = parameter is { OfClient: true, OfServer: true } ? "both" : parameter.OfClient ? "chain" : "served";
            Assert.Equal((parameter.Key, expected), (parameter.Key, sides.GetValueOrDefault(parameter.Key)));
        }
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (both|chain|served) \|", RegexOptions.Multiline)]
    private static partial Regex ParameterRow();
}
