using System.Net;
using System.Text.Json;
using GostNet.Ssh.Tests.Keys;
using GostNet.Ssh.Trust;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Trust;

/// <summary>Lines of <c>authorized_keys</c> by what OpenSSH's server made of them.</summary>
public sealed class AuthorizedKeysVectorTests
{
    public static TheoryData<string> Lines { get; } =
    [
        .. Cases().Select(line => line.GetProperty("name").GetString()!),
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Find_ByALine_IsAsOpenSsh(string name)
    {
        JsonElement line = Cases().Single(line => line.GetProperty("name").GetString() == name);
        var time = new ManualTimeProvider();
        time.Advance(TimeSpan.FromDays(25 * 366));
        using var file = new TempFile(line.GetProperty("line").GetString() + "\n");

        Assert.True(AuthorizedKeysFile.TryOpen(file.Path, time, new RecordingLoggerFactory().CreateLogger("x"), out var keys, out _));
        Assert.Equal(
            line.GetProperty("accepted").GetBoolean(),
            keys.Find("somebody", TestKeys.Public("ed25519"), IPAddress.Loopback) is not null);
    }

    private static JsonElement.ArrayEnumerator Cases() => TestKeys.ReadJson("authorized_keys.json").GetProperty("cases").EnumerateArray();
}
