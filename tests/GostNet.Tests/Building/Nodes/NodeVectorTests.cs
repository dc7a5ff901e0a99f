using System.Globalization;
using System.Text.Json;
using GostNet.Building;
using GostNet.Building.Nodes;
using GostNet.Transports;

namespace GostNet.Tests.Building.Nodes;

/// <summary>The parsing cases whose GOST halves were obtained from GOST's own code (Vectors/nodes.json).</summary>
public sealed class NodeVectorTests : IDisposable
{
    private static readonly JsonElement Vectors = ReadVectors();

    // What the builder makes of an accepted URL in this version; the other schemes are known, and refused by name.
    private static readonly string[] ServedHere = ["tcp", "udp", "rtcp", "rudp"];
    private static readonly string[] ServersHere = ["auto", "http", "http2", "socks5", "socks4", "socks4a", "sni", "ss", "ss2", "ssu"];
    private static readonly string[] HopsHere = ["auto", "http", "http2", "socks5", "socks4", "socks4a", "sni", "ss", "ss2", "ssu", "forward"];

    private readonly string _folder = Directory.CreateTempSubdirectory("gostnet-").FullName;

    public NodeVectorTests()
    {
        foreach (JsonProperty file in Vectors.GetProperty("files").EnumerateObject())
        {
            File.WriteAllText(Path.Combine(_folder, file.Name), file.Value.GetString());
        }
    }

    public static TheoryData<string> Cases => [.. Vectors.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("id").GetString()!)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Codes_OfErrorsAndWarnings_AreThoseOfTheVectors()
    {
        Assert.Equal(
            Strings(Vectors, "error_codes").Order(), Enum.GetNames<NodeUrlError>().Select(Kebab).Order());
        Assert.Equal(
            Strings(Vectors, "warning_codes").Order(), Enum.GetNames<NodeUrlWarning>().Select(Kebab).Order());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_OfAVector_IsAsExpected(string id)
    {
        (string input, NodeRole role, JsonElement expected) = Find(id);
        var findings = new NodeUrlFindings();

        NodeUrl? node = NodeUrlReader.Read(input, role, new NodeFiles(_folder), findings);

        if (!expected.GetProperty("accept").GetBoolean())
        {
            Assert.Null(node);
            Assert.Equal(expected.GetProperty("error").GetString(), Kebab(findings.Errors[0].Code.ToString()));
            return;
        }

        Assert.Empty(findings.Errors);
        Assert.NotNull(node);
        Assert.Equal(Strings(expected, "warnings").Order(), findings.Warnings.Select(w => Kebab(w.Code.ToString())).Distinct().Order());
        Assert.Equal(expected.GetProperty("host").GetString(), node.Host);
        Assert.Equal(expected.GetProperty("port").ValueKind == JsonValueKind.Null ? null : expected.GetProperty("port").GetInt32(), node.Port);
        Assert.Equal(expected.GetProperty("transport").GetString(), node.Scheme.Transport);
        Assert.Equal(Text(expected, "user"), node.Credential?.UserName);
        Assert.Equal(Text(expected, "password"), node.Credential?.Password);
        Assert.Equal(Options(expected), Options(node));
        if (role == NodeRole.Serve)
        {
            Assert.Equal(expected.GetProperty("mode").GetString(), Kebab(node.Mode.ToString()));
            Assert.Equal(Strings(expected, "targets"), node.Addresses.Select(a => a.ToString()));
            if (node.Mode == NodeMode.Proxy)
            {
                Assert.Equal(Text(expected, "protocol"), node.Scheme.Protocol);
            }
        }
        else
        {
            string connector = node.Scheme.Protocol is "direct" or "remote" ? $"ssh-{node.Scheme.Protocol}" : node.Scheme.Protocol;
            Assert.Equal(expected.GetProperty("connector").GetString(), connector);
            string[] own = node.Port is { } port ? [new HostEndPoint(node.Host, port).ToString()] : [];
            Assert.Equal(expected.TryGetProperty("nodes", out _) ? Strings(expected, "nodes") : own, node.Addresses.Select(a => a.ToString()));
        }
    }

    /// <summary>The builder forwards what exists so far, and says of the rest that it is not in this version.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Builder_GivenAVector_BuildsItOrSaysThatItIsNotHere(string id)
    {
        (string input, NodeRole role, JsonElement expected) = Find(id);
        var problems = new BuildProblems(new BuildSettings { Files = new NodeFiles(_folder), UnverifiedPeers = UnverifiedPeers.Warn });

        object? made = role == NodeRole.Serve ? ServeNodes.Read(input, 1, problems) : ChainNodes.Read(input, HopGround.Create(problems.Settings, isFirst: true, new LiveSessions(TimeProvider.System)), problems);

        bool isHere = expected.GetProperty("accept").GetBoolean() && (role == NodeRole.Serve
            ? ServedHere.Contains(Text(expected, "mode"))
                || (Text(expected, "mode") == "tunnel" && IsHere(expected))
                || (Text(expected, "mode") == "proxy" && IsHere(expected)
                    && ServersHere.Contains(Text(expected, "protocol")))
            : IsHere(expected) && HopsHere.Contains(Text(expected, "connector")));
        Assert.Equal(isHere, made is not null && !problems.Any);
        if (!isHere && expected.GetProperty("accept").GetBoolean())
        {
            Assert.Contains("is not in this version of GostNet", problems.Summary, StringComparison.Ordinal);
        }
    }

    private static bool IsHere(JsonElement expected) =>
        NodeTransports.BuiltIn.Knows(new(Text(expected, "protocol") ?? Text(expected, "connector") ?? "", Text(expected, "transport")!));

    private static (string Input, NodeRole Role, JsonElement Expected) Find(string id)
    {
        JsonElement found = Vectors.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("id").GetString() == id);
        return (
            found.GetProperty("input").GetString()!,
            found.GetProperty("role").GetString() == "serve" ? NodeRole.Serve : NodeRole.Chain,
            found.GetProperty("gostnet"));
    }

    private static JsonElement ReadVectors()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "nodes.json")));
        return document.RootElement.Clone();
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static string[] Strings(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement values) ? [.. values.EnumerateArray().Select(v => v.GetString()!)] : [];

    private static SortedDictionary<string, string> Options(JsonElement expected) =>
        expected.TryGetProperty("options", out JsonElement options)
            ? new(options.EnumerateObject().ToDictionary(o => o.Name, o => o.Value.ToString()), StringComparer.Ordinal)
            : new(StringComparer.Ordinal);

    private static SortedDictionary<string, string> Options(NodeUrl node) => new(
        node.Parameters.Values.Where(p => p.Key is not ("ip" or "auth" or "secrets" or "peer")).ToDictionary(
            p => p.Value is TimeSpan ? $"{p.Key}_s" : p.Key,
            p => p.Value is TimeSpan time ? time.TotalSeconds.ToString(CultureInfo.InvariantCulture) : p.Value.ToString()!),
        StringComparer.Ordinal);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
