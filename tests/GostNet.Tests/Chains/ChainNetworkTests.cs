using GostNet.Chains;
using GostNet.Diagnostics;
using GostNet.Selection;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Chains;

/// <summary>The far end of a chain: who is asked to listen or to carry datagrams, and who is charged with a failure (gost-nodes, sections
/// 3.3 and 4.2).</summary>
public sealed class ChainNetworkTests
{
    private static readonly HostEndPoint Far = new("far", 9);
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryNetwork _network = new();

    public static TheoryData<string> Commands => new("listen", "listen for datagrams", "dial datagrams");

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_OneHop_OpensAConnectionToItAndAsks(string command)
    {
        await using IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network);

        await using IAsyncDisposable result = await AskAsync(Network(Hop(("a", connector))), command).OrFail();

        Assert.Equal([At("a")], _network.Dials.Where(d => d != Far));
        Assert.Equal(1, connector.Asks);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_TwoHops_ReachesTheLastThroughTheFirst(string command)
    {
        await using IListener a = await ListenAsync("a");
        var first = new FarConnector(_network);
        var last = new FarConnector(_network);

        await using IAsyncDisposable result = await AskAsync(Network(Hop(("a", first)), Hop(("b", last))), command).OrFail();

        Assert.Equal([At("b")], first.Connects);
        Assert.Equal((0, 1), (first.Asks, last.Asks));
        Assert.Empty(last.Connects);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_NodeRefuses_IsChargedToIt(string command)
    {
        await using IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network) { Failure = new ForwardException(ForwardError.Forbidden, "no") };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));

        ForwardException e = await FailAsync(Network(hop), command);

        Assert.Equal((ForwardError.Forbidden, "a"), (e.Error, e.Node));
        Assert.Equal("b", TestHops.Next(hop));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_NodeBreaksTheConnection_IsChargedToIt(string command)
    {
        await using IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network) { Failure = new IOException("broken") };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));

        ForwardException e = await FailAsync(Network(hop), command);

        Assert.Equal((ForwardError.ConnectionClosed, "a"), (e.Error, e.Node));
        Assert.Equal("b", TestHops.Next(hop));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_NodeNeverAnswers_TimesOutAndIsChargedToIt(string command)
    {
        await using IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network) { Hangs = true };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));
        Task<ForwardException> failing = FailAsync(Network(hop), command);
        await a.AcceptAsync().OrFail();
        await connector.Hanging.Task.OrFail();
        _time.Advance(TimeSpan.FromSeconds(30));

        ForwardException e = await failing.OrFail();
        Assert.Equal((ForwardError.TimedOut, "a"), (e.Error, e.Node));
        Assert.Contains("no answer about far:9 within 30 s", e.Message, StringComparison.Ordinal);
        Assert.Equal("b", TestHops.Next(hop));
        Assert.Equal(0, _time.ArmedTimers);
    }

    /// <summary>The target is the one that the chain's end named: the node did its part.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_IsTheTargetsFault_ChargesNobody(string command)
    {
        await using IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network)
        {
            Failure = new ForwardException(ForwardError.NameNotResolved, "no address") { IsTargetFault = true },
        };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));

        ForwardException e = await FailAsync(Network(hop), command);

        Assert.True(e.IsTargetFault);
        Assert.Null(e.Node);
        Assert.Equal(["b", "a"], [TestHops.Next(hop), TestHops.Next(hop)]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_Cancelled_ChargesNobody(string command)
    {
        await using IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network) { Hangs = true };
        NodeGroup<ChainNode> hop = Hop(("a", connector), ("b", connector));
        using var stop = new CancellationTokenSource();
        Task<IAsyncDisposable> asking = AskAsync(Network(hop), command, stop.Token);
        await connector.Hanging.Task.OrFail();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.OrFail());
        Assert.Equal(["b", "a"], [TestHops.Next(hop), TestHops.Next(hop)]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_NodeIsDown_IsChargedToItOnce(string command)
    {
        NodeGroup<ChainNode> hop = TestHops.Create(_time, maxFails: 2, ("a", new FarConnector(_network)), ("b", new FarConnector(_network)));

        ForwardException e = await FailAsync(Network(hop), command);

        Assert.Equal((ForwardError.ConnectionRefused, "a"), (e.Error, e.Node));
        Assert.False(e.IsTargetFault);
        Assert.Equal(["b", "a"], [TestHops.Next(hop), TestHops.Next(hop)]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_ThisMachineLacksDescriptors_ChargesNobody(string command)
    {
        _network.Fail(At("a"), ForwardError.LocalResources);
        NodeGroup<ChainNode> hop = Hop(("a", new FarConnector(_network)), ("b", new FarConnector(_network)));

        ForwardException e = await FailAsync(Network(hop), command);

        Assert.Equal(ForwardError.LocalResources, e.Error);
        Assert.Equal(["b", "a"], [TestHops.Next(hop), TestHops.Next(hop)]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_FirstHopCannotReachTheLast_IsChargedToTheLast(string command)
    {
        await using IListener a = await ListenAsync("a");
        NodeGroup<ChainNode> first = Hop(
            ("a", new FarConnector(_network) { Unreachable = new(ForwardError.HostUnreachable, "no route") { IsTargetFault = true } }),
            ("z", new FarConnector(_network)));
        NodeGroup<ChainNode> last = Hop(("b", new FarConnector(_network)), ("c", new FarConnector(_network)));

        ForwardException e = await FailAsync(Network(first, last), command);

        Assert.Equal((ForwardError.HostUnreachable, "b"), (e.Error, e.Node));
        Assert.Equal("c", TestHops.Next(last));
        Assert.Equal(["z", "a"], [TestHops.Next(first), TestHops.Next(first)]);
    }

    /// <summary>The time of the last node does not run while the first keeps everybody waiting.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_FirstHopNeverAnswers_IsChargedToTheFirst(string command)
    {
        await using IListener a = await ListenAsync("a");
        var silent = new FarConnector(_network) { Hangs = true };
        NodeGroup<ChainNode> first = Hop(("a", silent), ("z", silent));
        NodeGroup<ChainNode> last = Hop(("b", new FarConnector(_network)), ("c", new FarConnector(_network)));
        Task<ForwardException> failing = FailAsync(Network(first, last), command);
        await silent.Hanging.Task.OrFail();
        _time.Advance(TimeSpan.FromSeconds(30));

        ForwardException e = await failing.OrFail();
        Assert.Equal((ForwardError.TimedOut, "a"), (e.Error, e.Node));
        Assert.Equal("z", TestHops.Next(first));
        Assert.Equal(["c", "b"], [TestHops.Next(last), TestHops.Next(last)]);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_NodeCannot_IsSaidByName(string command)
    {
        NodeGroup<ChainNode> hop = Hop(("a", new PlainConnector()));

        ForwardException e = await FailAsync(Network(hop), command);

        Assert.Equal((ForwardError.CommandNotSupported, "a"), (e.Error, e.Node));
        Assert.Empty(_network.Dials);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Ask_NoHops_IsTheGroundsBusiness(string command)
    {
        await using IDatagramListener? listener = command == "dial datagrams" ? await _network.ListenDatagramsAsync(Far) : null;

        await using IAsyncDisposable result = await AskAsync(Network(), command).OrFail();

        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task DialDatagrams_NoHopsAndNoAnswer_TimesOut()
    {
        _network.Hang(Far);
        Task<ForwardException> failing = FailAsync(Network(), "dial datagrams");
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(5));

        ForwardException e = await failing.OrFail();
        Assert.Equal(ForwardError.TimedOut, e.Error);
        Assert.Contains("far:9 was not resolved within 5 s", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A listener asks its own node for more connections, whichever the group would choose next, and as whoever that node knows
    /// (gost-nodes, section 6, S5).</summary>
    [Fact]
    public async Task ListenAsync_ListenerOpensMoreConnections_GoesToTheSameNode()
    {
        await using IListener a = await ListenAsync("a");
        await using IListener b = await ListenAsync("b");
        var connectors = new[] { new FarConnector(_network), new FarConnector(_network) };
        NodeGroup<ChainNode> hop = Hop(("a", connectors[0]), ("b", connectors[1]));
        await using IListener listener = await Network(hop).ListenAsync(Far).OrFail();
        TestHops.Next(hop);

        for (int i = 0; i < 3; i++)
        {
            await using IConnection more = await connectors[0].OpenNode!(CancellationToken.None).OrFail();
        }

        Assert.Equal([At("a"), At("a"), At("a"), At("a")], _network.Dials);
        Assert.Equal(0, connectors[1].Asks);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task ListenAsync_NodeIsDownWhenMoreIsAskedForIt_SaysWho()
    {
        IListener a = await ListenAsync("a");
        var connector = new FarConnector(_network);
        await using IListener listener = await Network(Hop(("a", connector))).ListenAsync(Far).OrFail();
        await a.DisposeAsync();

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => connector.OpenNode!(CancellationToken.None).OrFail());

        Assert.Equal((ForwardError.ConnectionRefused, "a"), (e.Error, e.Node));
    }

    [Fact]
    public async Task ResolveAsync_WithHops_AsksTheGround()
    {
        await using IListener known = await ListenAsync("known");
        ChainNetwork network = Network(Hop(("a", new FarConnector(_network))));

        Assert.Equal([_network.Resolve("known")], await network.ResolveAsync(At("known")).OrFail());
        Assert.Equal(
            ForwardError.NameNotResolved,
            (await Assert.ThrowsAsync<ForwardException>(() => network.ResolveAsync(At("unknown")).OrFail())).Error);
    }

    private static HostEndPoint At(string name) => new(name, 1);

    private static async Task<IAsyncDisposable> AskAsync(ChainNetwork network, string command, CancellationToken stop = default) => command switch
    {
        "listen" => await network.ListenAsync(Far, stop),
        "listen for datagrams" => await network.ListenDatagramsAsync(Far, stop),
        _ => await network.DatagramDialer.DialAsync(Far, stop),
    };

    private static async Task<ForwardException> FailAsync(ChainNetwork network, string command) =>
        await Assert.ThrowsAsync<ForwardException>(() => AskAsync(network, command).OrFail());

    private ValueTask<IListener> ListenAsync(string host) => _network.ListenAsync(At(host));

    private NodeGroup<ChainNode> Hop(params (string Name, IConnector Connector)[] nodes) => TestHops.Create(_time, 1, nodes);

    private ChainNetwork Network(params NodeGroup<ChainNode>[] hops)
    {
        var path = new HopPath(_network.Dialer, hops, _time);
        TimeSpan limit = TimeSpan.FromSeconds(5);
        return new(path, new ChainDialer(path, limit, _time, new GostNetMetrics(null), NullLogger.Instance), _network, limit, _time);
    }

    private sealed class PlainConnector : IConnector
    {
        public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(node);
    }

    /// <summary>Listens where it is told to, once it has a connection, unless it is to fail.</summary>
    private sealed class FarConnector(InMemoryNetwork network) : IBindConnector, IDatagramConnector
    {
        private readonly List<HostEndPoint> _connects = [];

        public IReadOnlyList<HostEndPoint> Connects => _connects;

        public int Asks { get; private set; }

        public IOException? Failure { get; init; }

        public ForwardException? Unreachable { get; init; }

        public bool Hangs { get; init; }

        public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<CancellationToken, ValueTask<IConnection>>? OpenNode { get; private set; }

        public async ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
        {
            _connects.Add(target);
            await HangAsync(cancellationToken);
            return Unreachable is null ? node : throw Unreachable;
        }

        public async ValueTask<IListener> ListenAsync(
            Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
        {
            await AskAsync(openNode, cancellationToken);
            return await network.ListenAsync(endPoint, cancellationToken);
        }

        public async ValueTask<IDatagramListener> ListenDatagramsAsync(
            Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
        {
            await AskAsync(openNode, cancellationToken);
            return await network.ListenDatagramsAsync(endPoint, cancellationToken);
        }

        public async ValueTask<IDatagramSocket> ConnectDatagramsAsync(
            Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default)
        {
            await AskAsync(openNode, cancellationToken);
            await using IDatagramListener listener = await network.ListenDatagramsAsync(target, cancellationToken);
            return await network.DatagramDialer.DialAsync(target, cancellationToken);
        }

        private async Task AskAsync(Func<CancellationToken, ValueTask<IConnection>> openNode, CancellationToken cancellationToken)
        {
            OpenNode = openNode;
            await using IConnection node = await openNode(cancellationToken);
            Asks++;
            await HangAsync(cancellationToken);
            if (Failure is not null)
            {
                throw Failure;
            }
        }

        private async Task HangAsync(CancellationToken cancellationToken)
        {
            if (Hangs)
            {
                Hanging.TrySetResult();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }
        }
    }
}
