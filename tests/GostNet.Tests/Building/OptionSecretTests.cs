namespace GostNet.Tests.Building;

/// <summary>Options end up in logs and debuggers.</summary>
public sealed class OptionSecretTests
{
    public static TheoryData<object> Options() =>
    [
        new ShadowsocksProxyOptions { Password = "hush" },
        new ShadowsocksServerOptions { Password = "hush" },
        new Socks5ProxyOptions { Credential = new("alice", "hush") },
        new HttpProxyOptions { Credential = new("alice", "hush") },
    ];

    [Theory]
    [MemberData(nameof(Options), DisableDiscoveryEnumeration = true)]
    public void ToString_OfOptionsWithAPassword_KeepsIt(object options) =>
        Assert.DoesNotContain("hush", options.ToString(), StringComparison.Ordinal);
}
