using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Building;

/// <summary>What is wrong is said all at once: where, what, and what to write instead.</summary>
public sealed class ForwardBuilderProblemsTests
{
    [Fact]
    public void Build_Nothing_SaysWhatToAdd() =>
        AssertProblems(new ForwardBuilder(), "There is nothing to forward. Add a forward, for instance LocalTcp(\":2222\", \"192.168.1.1:22\").");

    [Fact]
    public void Build_ManyMistakes_ReportsThemAll() =>
        AssertProblems(
            new ForwardBuilder()
                .LocalTcp("2222", "10.0.0.1:22")
                .LocalTcp(":1", "10.0.0.1", new() { Attempts = 0 })
                .LocalTcp(":2", "10.0.0.1:0")
                .LocalUdp(":4", "10.0.0.1:53", new() { FlowTimeout = TimeSpan.Zero, Name = "dns" })
                .Via(hop => { })
                .ViaSocks5("proxy")
                .ViaHttp("proxy:0", new() { DialTimeout = TimeSpan.FromSeconds(-3) })
                .Route(route => route.LocalTcp(":5", []).LocalUdp(":6", "10.0.0.1:99999", new() { MaxFlows = 0 })),
            "A hop of the chain has no node; add one, for instance Socks5(\"10.0.0.1:1080\")",
            "socks5://proxy: the proxy's address cannot be read: 'proxy' has no port; write host:port",
            "http://proxy:0: DialTimeout is -00:00:03; write more than zero, up to 49 days",
            "http://proxy:0: the proxy's address cannot be read: port 0 cannot be dialled",
            "tcp://2222: the listening address cannot be read: '2222' has no port; write host:port",
            "tcp://:1: a target cannot be read: '10.0.0.1' has no port; write host:port",
            "tcp://:1: Attempts is 0; write 1 or more",
            "tcp://:2: the target 10.0.0.1:0 has port 0; write the port to reach",
            "dns: FlowTimeout is 00:00:00; write more than zero, up to 49 days",
            "udp://:6: a target cannot be read: '99999' is not a port; write a number from 0 to 65535",
            "udp://:6: MaxFlows is 0; write 1 or more",
            "tcp://:5: there is no target; write one, or end the chain with a node that has its own (forward://host:port)");

    [Fact]
    public void Build_TcpOptionsOutOfRange_NamesEach() =>
        AssertProblems(
            new ForwardBuilder().LocalTcp(":1", "a:1", new()
            {
                Attempts = 0,
                MaxConnections = -1,
                DialTimeout = TimeSpan.Zero,
                IdleTimeout = TimeSpan.FromDays(50),
                HalfOpenTimeout = TimeSpan.FromMilliseconds(-2),
                Selection = new() { MaxFails = 0, FailTimeout = TimeSpan.Zero, Strategy = (SelectionStrategy)9 },
            }),
            "tcp://:1/a:1: MaxFails is 0; write 1 or more, or -1 for nodes that never die",
            "tcp://:1/a:1: Strategy is 9, which is none of RoundRobin, Random, Fifo",
            "tcp://:1/a:1: FailTimeout is 00:00:00; write more than zero, up to 49 days",
            "tcp://:1/a:1: Attempts is 0; write 1 or more",
            "tcp://:1/a:1: MaxConnections is -1; write 1 or more",
            "tcp://:1/a:1: DialTimeout is 00:00:00; write more than zero, up to 49 days",
            "tcp://:1/a:1: IdleTimeout is 50.00:00:00; write more than zero, up to 49 days",
            "tcp://:1/a:1: HalfOpenTimeout is -00:00:00.0020000; write more than zero, up to 49 days");

    [Fact]
    public void Build_UdpOptionsOutOfRange_NamesEach() =>
        AssertProblems(
            new ForwardBuilder().LocalUdp(":1", "a:1", new()
            {
                Attempts = 0,
                MaxFlows = 0,
                Backlog = 0,
                QueueLength = 0,
                DialTimeout = TimeSpan.Zero,
                FlowTimeout = Timeout.InfiniteTimeSpan,
            }),
            "udp://:1/a:1: Attempts is 0; write 1 or more",
            "udp://:1/a:1: MaxFlows is 0; write 1 or more",
            "udp://:1/a:1: Backlog is 0; write 1 or more",
            "udp://:1/a:1: QueueLength is 0; write 1 or more",
            "udp://:1/a:1: DialTimeout is 00:00:00; write more than zero, up to 49 days",
            "udp://:1/a:1: FlowTimeout is -00:00:00.0010000; write more than zero, up to 49 days");

    [Fact]
    public void Build_UdpForwardWithAChain_SaysWhyAndWhatToDo() =>
        AssertProblems(
            new ForwardBuilder().LocalUdp(":53", "8.8.8.8:53").ViaHttp("10.0.0.1:8080"),
            "udp://:53/8.8.8.8:53: the chain ends in http://10.0.0.1:8080, which cannot carry datagrams; "
                + "end it with a SOCKS5 proxy, or put the UDP forward into a route without a chain");

    [Fact]
    public void Build_CredentialThatTheProtocolCannotCarry_NamesTheNodeAndNotTheSecret()
    {
        string user = new('u', 256);
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .LocalTcp(":1", "a:1").ViaSocks5("10.0.0.1:1080", new() { Credential = new(user, "s3cret") }).Build());

        Assert.StartsWith("socks5://10.0.0.1:1080: ", Assert.Single(e.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BuildDialer_BadHop_SaysSo()
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .ViaSocks4("10.0.0.1").ViaSocks4a(":70000").BuildDialer());

        Assert.Equal(
            [
                "socks4://10.0.0.1: the proxy's address cannot be read: '10.0.0.1' has no port; write host:port",
                "socks4a://:70000: the proxy's address cannot be read: '70000' is not a port; write a number from 0 to 65535",
            ],
            e.Failures);
    }

    private static void AssertProblems(ForwardBuilder builder, params string[] expected) =>
        Assert.Equal(expected, Assert.Throws<OptionsValidationException>(builder.Build).Failures);
}
