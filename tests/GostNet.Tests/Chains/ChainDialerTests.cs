using GostNet.Chains;
using GostNet.Diagnostics;
using GostNet.Selection;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Chains;

/// <summary>Who is asked for what, and who is charged with a failure (gost-nodes, sections 3.3 and 4.2).</summary>
public sealed class ChainDialerTests
{
    private static readonly HostEndPoint Target = new("target", 80);
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public async Task DialAsync_NoHops_DialsTheTarget()
    {
        await using IListener listener = await _network.ListenAsync(Target);
        await using IConnection connection = await Dialer().DialAsync(Target).OrFail();

        Assert.Equal([Target], _network.Dials);
    }

    [Fact]
    public async Task DialAsync_TwoHops_AsksEachForTheNext()
    {
        await using IListener listener = await ListenAsync("a");
        var first = new ScriptedConnector();
        var second = new ScriptedConnector();

        await using IConnection connection = await Dialer(Hop(("a", first)), Hop(("b", second))).DialAsync(Target).OrFail();
        Assert.Equal([new HostEndPoint("a", 1)], _network.Dials);
        Assert.Equal([new HostEndPoint("b", 1)], first.Asked);
        Assert.Equal([Target], second.Asked);
    }

    [Fact]
    public async Task DialAsync_FirstHopRefuses_IsChargedToIt()
    {
        NodeGroup<ChainNode> hop = Hop(("a", new ScriptedConnector()), ("b", new ScriptedConnector()));

        ForwardException e = await FailAsync(Dialer(hop));
        Assert.Equal(ForwardError.ConnectionRefused, e.Error);
        Assert.Equal("a", e.Node);
        Assert.False(e.IsTargetFault);
        Assert.Equal(Target, e.Target);
        Assert.Equal("b", TestHops.Next(hop));
    }

    [Fact]
    public async Task DialAsync_FirstHopSaysNothing_TimesOutAndIsChargedToIt()
    {
        _network.Hang(new HostEndPoint("a", 1));
        NodeGroup<ChainNode> hop = Hop(("a", new ScriptedConnector()), ("b", new ScriptedConnector()));
        Task<ForwardException> failing = FailAsync(Dialer(hop));
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(5));

        ForwardException e = await failing.OrFail();
        Assert.Equal(ForwardError.TimedOut, e.Error);
        Assert.Equal("a", e.Node);
        Assert.Contains("within 5 s", e.Message, StringComparison.Ordinal);
        Assert.Equal("b", TestHops.Next(hop));
    }

    [Fact]
    public async Task DialAsync_HopNeverAnswers_TimesOutAndIsChargedToIt()
    {
        await using IListener listener = await ListenAsync("a");
        NodeGroup<ChainNode> hop = Hop(("a", new ScriptedConnector { Hangs = true }), ("b", new ScriptedConnector()));
        Task<ForwardException> failing = FailAsync(Dialer(hop));
        await using IConnection? accepted = await listener.AcceptAsync().OrFail();
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(30));

        ForwardException e = await failing.OrFail();
        Assert.Equal(ForwardError.TimedOut, e.Error);
        Assert.Equal("a", e.Node);
        Assert.Equal("b", TestHops.Next(hop));
        await Assert.ThrowsAnyAsync<IOException>(() => accepted!.ReadAsync(1).OrFail()); // the connection was not left behind
    }

    [Fact]
    public async Task DialAsync_HopRefusesTheTarget_IsTheTargetsFaultAndNobodyElses()
    {
        await using IListener listener = await ListenAsync("a");
        var connector = new ScriptedConnector { Failure = new(ForwardError.ConnectionRefused, "refused") { IsTargetFault = true } };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));

        ForwardException e = await FailAsync(Dialer(hop));
        Assert.True(e.IsTargetFault);
        Assert.Null(e.Node);
        Assert.Equal("b", TestHops.Next(hop));
        Assert.Equal("a", TestHops.Next(hop));
    }

    /// <summary>Its rules say so, and would at any time: that is no reason to leave it out for everything else.</summary>
    [Fact]
    public async Task DialAsync_HopForbidsTheTarget_NamesItAndChargesNobody()
    {
        await using IListener listener = await ListenAsync("a");
        var connector = new ScriptedConnector { Failure = new(ForwardError.Forbidden, "not allowed") };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));

        ForwardException e = await FailAsync(Dialer(hop));
        Assert.Equal("a", e.Node);
        Assert.False(e.IsTransient);
        Assert.Equal("b", TestHops.Next(hop));
        Assert.Equal("a", TestHops.Next(hop));
    }

    [Fact]
    public async Task DialAsync_HopCannotReachTheNextHop_IsChargedToTheNext()
    {
        await using IListener listener = await ListenAsync("a");
        NodeGroup<ChainNode> first = Hop(
            ("a", new ScriptedConnector { Failure = new(ForwardError.HostUnreachable, "no route") { IsTargetFault = true } }));
        NodeGroup<ChainNode> second = Hop(("b", new ScriptedConnector()), ("c", new ScriptedConnector()));

        ForwardException e = await FailAsync(Dialer(first, second));
        Assert.Equal("b", e.Node);
        Assert.False(e.IsTargetFault);
        Assert.Equal("c", TestHops.Next(second));
    }

    [Fact]
    public async Task DialAsync_HopBreaksTheConnection_IsChargedToIt()
    {
        await using IListener listener = await ListenAsync("a");
        NodeGroup<ChainNode> hop = Hop(("a", new ScriptedConnector { Breaks = true }), ("b", new ScriptedConnector()));

        ForwardException e = await FailAsync(Dialer(hop));
        Assert.Equal(ForwardError.ConnectionClosed, e.Error);
        Assert.Equal("a", e.Node);
        Assert.Equal("b", TestHops.Next(hop));
    }

    [Fact]
    public async Task DialAsync_Cancelled_ChargesNobody()
    {
        _network.Hang(new HostEndPoint("a", 1));
        NodeGroup<ChainNode> hop = Hop(("a", new ScriptedConnector()), ("b", new ScriptedConnector()));
        using var stop = new CancellationTokenSource();
        Task<IConnection> dialing = Dialer(hop).DialAsync(Target, stop.Token).AsTask();
        await _network.WaitForDialsAsync(1).OrFail();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing.OrFail());
        Assert.Equal("b", TestHops.Next(hop));
        Assert.Equal("a", TestHops.Next(hop));
    }

    [Fact]
    public async Task DialAsync_EveryDial_ChoosesANodeAnew()
    {
        await using IListener a = await ListenAsync("a");
        await using IListener b = await ListenAsync("b");
        ChainDialer dialer = Dialer(Hop(("a", new ScriptedConnector()), ("b", new ScriptedConnector())));
        for (int i = 0; i < 4; i++)
        {
            await using IConnection connection = await dialer.DialAsync(Target).OrFail();
        }

        Assert.Equal("abab", string.Concat(_network.Dials.Select(d => d.Host)));
    }

    private static async Task<ForwardException> FailAsync(ChainDialer dialer) =>
        await Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(Target).AsTask().OrFail());

    private ValueTask<IListener> ListenAsync(string host) => _network.ListenAsync(new HostEndPoint(host, 1));

    private NodeGroup<ChainNode> Hop(params (string Name, IConnector Connector)[] nodes) => TestHops.Create(_time, 1, nodes);

    private ChainDialer Dialer(params NodeGroup<ChainNode>[] hops) => new(
        new HopPath(_network.Dialer, hops, _time), TimeSpan.FromSeconds(5), _time, new GostNetMetrics(null), NullLogger.Instance);

    private sealed class ScriptedConnector : IConnector
    {
        private readonly List<HostEndPoint> _asked = [];

        public IReadOnlyList<HostEndPoint> Asked => _asked;

        public ForwardException? Failure { get; init; }

        public bool Breaks { get; init; }

        public bool Hangs { get; init; }

        public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
        {
            _asked.Add(target);
            if (Hangs)
            {
                await node.Stream.ReadExactlyAsync(new byte[1], cancellationToken);
            }

            return Failure is not null ? throw Failure : Breaks ? throw new IOException("broken") : node;
        }
    }
}
