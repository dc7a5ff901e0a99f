using GostNet.Chains;
using GostNet.Diagnostics;
using GostNet.Selection;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Tests.Transports;
using GostNet.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Tests.Chains;

/// <summary>Nodes whose connections share a session: what of the chain each connection passes, and who is charged (transports,
/// section 6).</summary>
public sealed class ChainSessionTests : IAsyncLifetime
{
    private static readonly HostEndPoint Target = new("target", 80);
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryNetwork _network = new();
    private readonly LiveSessions _sessions;
    private readonly SessionLayer _layer = new();
    private readonly List<HostEndPoint> _asked = [];
    private IListener? _first;
    private FakeMultiplexSession? _dying;

    public ChainSessionTests() => _sessions = new(_time);

    public async Task InitializeAsync() => _first = await _network.ListenAsync(new HostEndPoint("a", 1));

    public async Task DisposeAsync()
    {
        await _sessions.DisposeAsync().OrFail();
        await _first!.DisposeAsync();
    }

    [Fact]
    public async Task DialAsync_LastNodeHasASession_PassesTheOthersOnce()
    {
        ChainDialer dialer = Dialer(Plain("a"), Shared("b"));
        await dialer.DialAsync(Target).OrFail();
        await dialer.DialAsync(Target).OrFail();

        Assert.Single(_network.Dials);
        Assert.Equal([new("b", 1), Target, Target], _asked);
        Assert.Equal(2, _layer.Sessions.Single().Opened);
    }

    [Fact]
    public async Task DialAsync_FirstNodeHasASession_AsksTheOthersEachTime()
    {
        ChainDialer dialer = Dialer(Shared("a"), Plain("b"));
        await dialer.DialAsync(Target).OrFail();
        await dialer.DialAsync(Target).OrFail();

        Assert.Single(_network.Dials);
        Assert.Equal([new("b", 1), Target, new("b", 1), Target], _asked);
        Assert.Equal(2, _layer.Sessions.Single().Opened);
    }

    [Fact]
    public async Task DialAsync_BothHaveSessions_OneRunsOverTheOther()
    {
        ChainDialer dialer = Dialer(Shared("a"), Shared("b"));
        await dialer.DialAsync(Target).OrFail();
        await dialer.DialAsync(Target).OrFail();

        Assert.Single(_network.Dials);
        Assert.Equal([new("b", 1), Target, Target], _asked);
        Assert.Equal([1, 2], _layer.Sessions.Select(s => s.Opened));
    }

    [Fact]
    public async Task DialAsync_SessionCannotBeStarted_IsChargedToItsNode()
    {
        _layer.Failure = new IOException("no");
        NodeGroup<ChainNode> first = Group(Plain("a"), Plain("a2"));
        NodeGroup<ChainNode> last = Group(Shared("b"), Shared("b2"));

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => Dialer(first, last).DialAsync(Target).OrFail());
        Assert.Equal("b", e.Node);
        Assert.Equal("b2", TestHops.Next(last));
        Assert.Equal("a2", TestHops.Next(first));
        Assert.Equal("a", TestHops.Next(first)); // alive: it did its part
    }

    [Fact]
    public async Task DialAsync_NodeBeforeTheSessionIsDown_IsCharged()
    {
        await _first!.DisposeAsync();
        NodeGroup<ChainNode> first = Group(Plain("a"), Plain("a2"));
        NodeGroup<ChainNode> last = Group(Shared("b"), Shared("b2"));

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => Dialer(first, last).DialAsync(Target).OrFail());
        Assert.Equal("a", e.Node);
        Assert.Equal("a2", TestHops.Next(first));
        Assert.Equal("a2", TestHops.Next(first)); // the other is dead
        Assert.Equal("b2", TestHops.Next(last));
        Assert.Equal("b", TestHops.Next(last));
    }

    [Fact]
    public async Task DialAsync_SessionTurnsOutToBeDead_IsDoneAgainAndChargesNobody()
    {
        NodeGroup<ChainNode> group = Group(Shared("a"));
        ChainDialer dialer = Dialer(group);
        await dialer.DialAsync(Target).OrFail();
        _dying = _layer.Sessions[0];

        await dialer.DialAsync(Target).OrFail();
        Assert.Equal(2, _layer.Sessions.Count);
        Assert.Equal(2, _network.Dials.Count);
        Assert.Equal([Target, Target, Target], _asked);
    }

    [Fact]
    public async Task DialAsync_TransportIsNotAgreedOnInTime_TimesOut()
    {
        _layer.Hangs = true;
        Task<IConnection> dialing = Dialer(Group(Shared("a"))).DialAsync(Target).AsTask();
        await _layer.Begun.Task.OrFail();
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(5));

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => dialing.OrFail());
        Assert.Equal(ForwardError.TimedOut, e.Error);
        Assert.Equal("a", e.Node);
    }

    private ChainDialer Dialer(params (Node Node, ChainNode Value)[] nodes) => Dialer([.. nodes.Select(n => Group(n))]);

    private ChainDialer Dialer(params NodeGroup<ChainNode>[] hops) => new(
        new HopPath(_network.Dialer, hops, _time), TimeSpan.FromSeconds(5), _time, new GostNetMetrics(null), NullLogger.Instance);

    private NodeGroup<ChainNode> Group(params (Node Node, ChainNode Value)[] nodes) =>
        new(new NodeSet<ChainNode>(nodes, new SelectionOptions()), _time, NullLogger.Instance);

    private (Node Node, ChainNode Value) Plain(string name) => Node(name, NodeTransport.Tcp);

    private (Node Node, ChainNode Value) Shared(string name) =>
        Node(name, new(new TransportLayers([], _layer), new SessionPool(1, _sessions)));

    private (Node Node, ChainNode Value) Node(string name, NodeTransport transport) => (
        new Node(new HostEndPoint(name, 1), name),
        new ChainNode(new Connector(this), new Socks5ProxyOptions(), transport));

    private sealed class Connector(ChainSessionTests test) : IConnector
    {
        public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
        {
            test._asked.Add(target);
            if (test._dying is not { } dying)
            {
                return new(node);
            }

            test._dying = null;
            dying.End();
            throw new IOException("The session has ended.");
        }
    }

    private sealed class SessionLayer : IMultiplexLayer
    {
        public List<FakeMultiplexSession> Sessions { get; } = [];

        public Exception? Failure { get; set; }

        public bool Hangs { get; set; }

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken)
        {
            Begun.TrySetResult();
            if (Hangs)
            {
                await carrier.Stream.ReadExactlyAsync(new byte[1], cancellationToken);
            }

            if (Failure is not null)
            {
                throw Failure;
            }

            Sessions.Add(new());
            return Sessions[^1];
        }
    }
}
