using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using GostNet.Tests.Transports.Tls;

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
        Dictionary<string, string> files = new()
        {
            ["users.txt"] = "alice secret\nreload 10s\n",
            ["cert.pem"] = TestCertificates.Server.ExportCertificatePem(),
            ["key.pem"] = TestCertificates.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            ["id_ed25519"] = TestCertificates.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), // any kind will do
            ["host_key"] = TestCertificates.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            ["authorized_keys"] = "",
            ["known_hosts"] = "",
        };
        foreach ((string name, string content) in files)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, name), content);
        }

        ForwardBuilder builder = new ForwardBuilder().UseSsh().UseUnverifiedPeers(UnverifiedPeers.Warn); // as the command line does
        int nodes = 0;
        foreach (Match node in Node().Matches(command))
        {
            string url = files.Keys.Aggregate(
                node.Groups["url"].Value.Trim('\''),
                (text, name) => text.Replace($"={name}", $"={Uri.EscapeDataString(Path.Combine(_folder.FullName, name))}", StringComparison.Ordinal));
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
