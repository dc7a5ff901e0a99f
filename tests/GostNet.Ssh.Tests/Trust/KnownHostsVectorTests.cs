using System.Text.Json;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Trust;

/// <summary>Look-ups in <c>known_hosts</c> by OpenSSH's own answers.</summary>
public sealed class KnownHostsVectorTests
{
    private static readonly JsonElement Root = TestKeys.ReadJson("known_hosts.json");

    public static TheoryData<int> LookUps { get; } = [.. Enumerable.Range(0, Root.GetProperty("lookups").GetArrayLength())];

    [Theory]
    [MemberData(nameof(LookUps))]
    public void Find_OfAHost_IsAsOpenSsh(int index)
    {
        JsonElement lookUp = Root.GetProperty("lookups")[index];
        string name = KnownHostName.Of(lookUp.GetProperty("host").GetString()!, lookUp.GetProperty("port").GetInt32());
        var file = new KnownHostsFile(TestKeys.PathOf("known_hosts"), new RecordingLoggerFactory().CreateLogger("x"));
        string[] trusted = Names(lookUp, "trusted");

        Dictionary<string, SshPublicKey> keys = TestKeys.Names.ToDictionary(key => key, TestKeys.Public);
        foreach (JsonProperty other in Root.GetProperty("other_keys").EnumerateObject())
        {
            keys.Add(other.Name, TestKeys.Read(Convert.FromBase64String(other.Value.GetString()!)));
        }

        Dictionary<string, KnownHost> found = [];
        foreach ((string key, SshPublicKey value) in keys)
        {
            found[key] = new KnownHost();
            file.Find(name, value, found[key]);
        }

        Assert.Equal(trusted.Order(), found.Where(pair => pair.Value.Listed is not null).Select(pair => pair.Key).Order());
        Assert.Equal(Names(lookUp, "revoked").Order(), found.Where(pair => pair.Value.Revoked is not null).Select(pair => pair.Key).Order());
        Assert.All(found.Values, host => Assert.Equal(Names(lookUp, "authorities").Length > 0, host.Authority is not null));
        Assert.All(found, pair => Assert.Equal(trusted.Except([pair.Key]).Any(), pair.Value.Other is not null));
        Assert.All(found.Values, host => Assert.Equal(trusted.Select(key => keys[key].Type).Order(), host.Types.Order()));
    }

    [Fact]
    public void Find_InAFileWithBrokenLines_TellsOfEachOnce()
    {
        var logs = new RecordingLoggerFactory();
        var file = new KnownHostsFile(TestKeys.PathOf("known_hosts"), logs.CreateLogger("x"));
        file.Find("plain.example", null, new KnownHost());
        file.Find("tab.example", null, new KnownHost());

        string[] lines = File.ReadAllLines(file.FullName);
        string[] broken = ["broken-base64", "mismatch", "truncated", "@unknown-marker", "@revoked @cert-authority"];
        Assert.Equal(
            broken.Select(start => Array.FindIndex(lines, line => line.StartsWith(start, StringComparison.Ordinal)) + 1),
            logs.WithId(TrustLog.LineSkippedId).Select(entry => (int)entry.Values["Line"]!));
    }

    private static string[] Names(JsonElement lookUp, string kind) =>
        [.. lookUp.GetProperty(kind).EnumerateArray().Select(name => name.GetString()!)];
}
