using System.Net;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Building;

/// <summary>What comes of the builder's verbs.</summary>
public sealed class ForwardBuilderTests
{
    private readonly InMemoryNetwork _network = new();

    [Fact]
    public void Build_Forwards_AreInTheOrderTheyWereAdded()
    {
        Forwarder forwarder = new ForwardBuilder()
            .LocalTcp(":2222", "10.0.0.1:22")
            .LocalUdp("127.0.0.1:53", ["8.8.8.8:53", "[2001:db8::1]:53"])
            .LocalTcp(new HostEndPoint("::1", 80), new HostEndPoint("web", 80), new() { Name = "web" })
            .Build();

        Assert.Equal(
            ["tcp://:2222/10.0.0.1:22", "udp://127.0.0.1:53/8.8.8.8:53,[2001:db8::1]:53", "web"],
            forwarder.Forwards.Select(forward => forward.Name));
        Assert.Equal([ForwardKind.LocalTcp, ForwardKind.LocalUdp, ForwardKind.LocalTcp], forwarder.Forwards.Select(forward => forward.Kind));
        Assert.Equal(new HostEndPoint("::1", 80), forwarder.Forwards[2].ListenEndPoint);
        Assert.Equal([new Node(new HostEndPoint("8.8.8.8", 53)), new Node(new HostEndPoint("2001:db8::1", 53))], forwarder.Forwards[1].Targets);
        Assert.All(forwarder.Forwards, forward => Assert.Equal(ForwardState.Created, forward.State));
        Assert.All(forwarder.Forwards, forward => Assert.Null(forward.LocalEndPoint));
    }

    [Fact]
    public async Task Build_Twice_MakesIndependentForwarders()
    {
        ForwardBuilder builder = new ForwardBuilder().UseNetwork(_network).LocalTcp("127.0.0.1:0", ["a:1", "b:1"]);
        await using IListener a = await _network.ListenAsync(ForwardScene.At("a"));
        await using Forwarder first = builder.Build();
        await using Forwarder second = builder.Build();
        await first.StartAsync().OrFail();
        await second.StartAsync().OrFail();

        Assert.NotEqual(first.Forwards[0].LocalEndPoint, second.Forwards[0].LocalEndPoint);
        await ConnectAsync(first, a);
        await ConnectAsync(second, a); // each has a turn of its own
        await first.DisposeAsync().OrFail();
        Assert.Equal(ForwardState.Listening, second.Forwards[0].State);
    }

    [Fact]
    public void Verbs_OptionsAreChangedLater_TakeNoNotice()
    {
        var tcp = new LocalTcpOptions();
        var udp = new LocalUdpOptions();
        var proxy = new Socks5ProxyOptions();
        var selection = new SelectionOptions();
        ForwardBuilder builder = new ForwardBuilder()
            .LocalTcp(":1", "a:1", tcp)
            .Route(route => route.LocalUdp(":1", "a:1", udp))
            .Via(hop => hop.Socks5("p:1", proxy).Select(selection));
        tcp.Attempts = udp.Attempts = 0;
        tcp.Selection.MaxFails = udp.Selection.MaxFails = selection.MaxFails = 0;
        proxy.DialTimeout = TimeSpan.Zero;

        builder.Build();
    }

    [Fact]
    public async Task Verbs_CredentialIsChangedLater_TakesNoNotice()
    {
        var credential = new NetworkCredential("user", "old");
        await using IListener proxy = await _network.ListenAsync(ForwardScene.At("p"));
        ForwardBuilder builder = new ForwardBuilder().UseNetwork(_network).ViaSocks5("p:1", new() { Credential = credential });
        credential.Password = "new";
        Task<IConnection> dialing = builder.BuildDialer().DialAsync(ForwardScene.At("t")).AsTask();
        await using IConnection accepted = (await proxy.AcceptAsync().OrFail())!;
        Assert.Equal([5, 2, 0, 2], await accepted.ReadAsync(4).OrFail());
        await accepted.Stream.WriteAsync(new byte[] { 5, 2 });

        Assert.Equal([1, 4, .. "user"u8, 3, .. "old"u8], await accepted.ReadAsync(10));
        accepted.Abort();
        await Assert.ThrowsAsync<ForwardException>(() => dialing.OrFail());
    }

    [Fact]
    public async Task Route_WithAChainOfItsOwn_UsesOnlyThat()
    {
        await using var scene = new ForwardScene();
        scene.Builder
            .LocalTcp("one:1", "t:1")
            .ViaHttp("p:1")
            .Route(route => route.LocalTcp("two:1", "t:1").ViaHttp("q:1"))
            .Route(route => route.LocalTcp("three:1", "t:1"));
        await scene.Forwarder.StartAsync().OrFail();
        foreach (string front in new[] { "one", "two", "three" })
        {
            await scene.Network.Dialer.DialAsync(ForwardScene.At(front)).OrFail();
            await scene.NextClosedAsync();
        }

        Assert.Equal("one p two q three t", string.Join(' ', scene.Network.Dials.Select(target => target.Host)));
    }

    [Fact]
    public async Task Via_ANodeGroup_TakesTurnsAndLeavesOutTheDead()
    {
        var connector = new RecordingConnector();
        await using IListener p = await _network.ListenAsync(ForwardScene.At("p"));
        await using IListener r = await _network.ListenAsync(ForwardScene.At("r"));
        IDialer dialer = new ForwardBuilder().UseNetwork(_network).UseTimeProvider(new ManualTimeProvider()).Via(hop => hop
            .Node(new Node(ForwardScene.At("p")), connector)
            .Node(new Node(ForwardScene.At("q"), "the dead one"), connector)
            .Node(new Node(ForwardScene.At("r")), connector)).BuildDialer();
        await dialer.DialAsync(ForwardScene.At("t")).OrFail();
        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => dialer.DialAsync(ForwardScene.At("t")).OrFail());
        for (int i = 0; i < 4; i++)
        {
            await dialer.DialAsync(ForwardScene.At("t")).OrFail();
        }

        Assert.Equal("the dead one", e.Node);
        Assert.Equal("pqprpr", string.Concat(_network.Dials.Select(target => target.Host)));
        Assert.All(connector.Asked, target => Assert.Equal(ForwardScene.At("t"), target));
    }

    [Fact]
    public async Task Via_ASelectorOfOnesOwn_DecidesWhichNode()
    {
        await using IListener q = await _network.ListenAsync(ForwardScene.At("q"));
        var selector = new LastSelector();
        IDialer dialer = new ForwardBuilder().UseNetwork(_network).Via(hop => hop
            .Node(new Node(ForwardScene.At("p")), new RecordingConnector())
            .Node(new Node(ForwardScene.At("q")), new RecordingConnector())
            .Select(new() { Selector = selector })).BuildDialer();
        await dialer.DialAsync(ForwardScene.At("t")).OrFail();

        Assert.Equal([ForwardScene.At("q")], _network.Dials);
    }

    [Fact]
    public async Task LocalTcp_ChainEndsInANodeWithItsOwnTarget_NeedsNone()
    {
        await using var scene = new ForwardScene();
        await using IListener p = await scene.ListenAsync("p");
        scene.Builder.LocalTcp("front:1", []).Via(hop => hop.Node(new Node(ForwardScene.At("p")), new RecordingConnector { IgnoresTarget = true }));
        await scene.Forwarder.StartAsync().OrFail();
        (InMemoryConnection client, InMemoryConnection accepted) = await scene.ConnectAsync(p);
        await client.SendAndEndAsync([1]).OrFail();

        Assert.Equal([1], await accepted.ReadToEndAsync().OrFail());
        Assert.Equal("tcp://front:1", scene.Forward.Name);
    }

    private async Task ConnectAsync(Forwarder forwarder, IListener target)
    {
        await _network.Dialer.DialAsync((IPEndPoint)forwarder.Forwards[0].LocalEndPoint!).OrFail();
        Assert.NotNull(await target.AcceptAsync().OrFail());
    }

    private sealed class LastSelector : INodeSelector
    {
        public Node? SelectNode(IReadOnlyList<Node> candidates) => candidates[^1];
    }

    /// <summary>Takes the connection as it is.</summary>
    private sealed class RecordingConnector : IConnector
    {
        private readonly List<HostEndPoint> _asked = [];

        public bool IgnoresTarget { get; init; }

        public IReadOnlyList<HostEndPoint> Asked => _asked;

        public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
        {
            _asked.Add(target);
            return ValueTask.FromResult(node);
        }
    }
}
