using GostNet.Forwarding;

namespace GostNet.Tests.Forwarding;

/// <summary>What clients may ask for, however they write it.</summary>
public sealed class AccessRulesTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("tcp:a:1", null, true)]
    [InlineData("tcp:b:1", null, false)]
    [InlineData(null, "tcp:a:1", false)]
    [InlineData(null, "tcp:b:1", true)]
    [InlineData("tcp:*:*", "tcp:a:*", false)]
    [InlineData("tcp:*:*", "udp:a:*", true)]
    public void Demand_OfATarget_IsWhatTheWhitelistHasAndTheBlacklistHasNot(string? whitelist, string? blacklist, bool isAllowed) =>
        Assert.Equal(isAllowed, IsAllowed(whitelist, blacklist, AccessRules.Connect, new("a", 1)));

    /// <summary>All of these lead to the same place.</summary>
    [Theory]
    [InlineData("127.0.0.1", "localhost")]
    [InlineData("127.0.0.1", "LocalHost.")]
    [InlineData("127.0.0.1", "127.1")]
    [InlineData("127.0.0.1", "0x7f000001")]
    [InlineData("127.0.0.1", "2130706433")]
    [InlineData("127.0.0.1", "0177.0.0.1")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("127.0.0.1", "::1")]
    [InlineData("127.0.0.1", "0.0.0.0")]
    [InlineData("127.0.0.1", "::")]
    [InlineData("127.0.0.1", "")]
    [InlineData("127.*", "127.0.0.2")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("localhost", "127.0.0.2")]
    [InlineData("10.*", "::ffff:10.0.0.1")]
    [InlineData("10.0.0.1", "10.1")]
    [InlineData("db.example", "db.example.")]
    [InlineData("db.example", "DB.EXAMPLE")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("xn--bcher-kva.example", "bücher.example")]
    public void Demand_OfAForbiddenHostInOtherWords_IsRefused(string forbidden, string host) =>
        Assert.False(IsAllowed(null, $"tcp:{forbidden}:*", AccessRules.Connect, new(host, 1)));

    [Theory]
    [InlineData(AccessRules.Listen, "0.0.0.0", "", false)]
    [InlineData(AccessRules.Listen, "0.0.0.0", "::", false)]
    [InlineData(AccessRules.ListenDatagrams, "0.0.0.0", "", false)]
    [InlineData(AccessRules.Listen, "127.0.0.1", "", true)]
    [InlineData(AccessRules.Listen, "0.0.0.0", "127.0.0.1", true)]
    [InlineData(AccessRules.Listen, "127.0.0.1", "localhost", false)]
    public void Demand_ToListen_TakesNoHostForEveryInterface(string action, string forbidden, string host, bool isAllowed) =>
        Assert.Equal(isAllowed, IsAllowed(null, $"{action}:{forbidden}:*", action, new(host, 1)));

    [Fact]
    public void Demand_ThatIsRefused_NamesActionAndTarget()
    {
        ForwardException e = Assert.Throws<ForwardException>(() => Rules("udp:*:*", null).Demand(AccessRules.Connect, new("a", 1)));

        Assert.Equal((ForwardError.Forbidden, new HostEndPoint("a", 1)), (e.Error, e.Target));
        Assert.Contains("'tcp' with a:1", e.Message, StringComparison.Ordinal);
    }

    private static bool IsAllowed(string? whitelist, string? blacklist, string action, HostEndPoint target) =>
        Record.Exception(() => Rules(whitelist, blacklist).Demand(action, target)) is null;

    private static AccessRules Rules(string? whitelist, string? blacklist) => new(Read(whitelist), Read(blacklist));

    private static PermissionList? Read(string? list) =>
        list is null ? null : PermissionList.TryParse(list, out PermissionList? result) ? result : throw new ArgumentException(list);
}
