using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building;

/// <summary>A mistake in a chain is reported once, without what would only follow from it.</summary>
public sealed class BrokenChainTests
{
    [Fact]
    public void Build_AProxyWithoutAPort_IsTheOnlyMistake() => Assert.StartsWith(
        "socks5://10.0.0.1: the proxy's address cannot be read", MistakeOf(new ForwardBuilder().LocalTcp(":0", "db:1").ViaSocks5("10.0.0.1")),
        StringComparison.Ordinal);

    [Fact]
    public void Build_AnUnreadableChainWithItsOwnTarget_IsTheOnlyMistake() => Assert.Contains(
        "10.0.0.1", MistakeOf(new ForwardBuilder().Serve("tcp://:0").Via("forward://10.0.0.1")), StringComparison.Ordinal);

    [Fact]
    public void Build_UdpThroughAnUnreadableChain_IsOnlyToldOfTheChain() => Assert.Contains(
        "10.0.0.1", MistakeOf(new ForwardBuilder().LocalUdp(":0", "db:1").Via("http://10.0.0.1")), StringComparison.Ordinal);

    [Fact]
    public void Build_AHopWithoutNodes_IsAMistake() => Assert.StartsWith(
        "A hop of the chain has no node", MistakeOf(new ForwardBuilder().LocalTcp(":0", "db:1").Via(_ => { })), StringComparison.Ordinal);

    private static string MistakeOf(ForwardBuilder builder) =>
        Assert.Single(Assert.Throws<OptionsValidationException>(builder.Build).Failures);
}
