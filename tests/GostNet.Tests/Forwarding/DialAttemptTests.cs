using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>How often a target is dialled, which one, and who is charged with a failure (gost-nodes, sections 3.3 and 3.4).</summary>
public sealed class DialAttemptTests
{
    [Fact]
    public async Task Dial_Fails_ResetsTheClientAndSaysWhy()
    {
        await using var scene = new ForwardScene();
        await scene.StartTcpAsync("a");
        InMemoryConnection client = await scene.ConnectAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail()); // an end-of-stream would be a lie
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.DialFailed, connection.End);
        Assert.Equal(ForwardError.ConnectionRefused, Assert.IsType<ForwardException>(connection.Error).Error);
        Assert.Null(connection.Target);
        Assert.Contains("a:1", scene.Log.WithId(LogEventIds.DialGivenUp).Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Dial_AlwaysFails_IsTriedExactlyAsOftenAsAllowed(int attempts)
    {
        await using var scene = new ForwardScene();
        await scene.StartTcpAsync("a", new() { Attempts = attempts });
        await scene.ConnectAsync();

        await scene.NextClosedAsync();
        Assert.Equal(attempts, scene.TargetDials.Count());
        Assert.Equal(attempts, scene.Log.WithId(LogEventIds.DialFailed).Count);
        Assert.Equal(attempts, scene.Log.WithId(LogEventIds.DialGivenUp).Single().Values["Attempts"]);
    }

    [Fact]
    public async Task Dial_FirstTargetFails_ChoosesAnew()
    {
        await using var scene = new ForwardScene();
        await using IListener b = await scene.ListenAsync("b");
        await scene.StartTcpAsync("ab", new() { Attempts = 2 });
        (InMemoryConnection client, InMemoryConnection target) = await scene.ConnectAsync(b);
        await client.Stream.WriteAsync(new byte[] { 1 }).OrFail();

        Assert.Equal([1], await target.ReadAsync(1).OrFail());
        Assert.Equal([ForwardScene.At("a"), ForwardScene.At("b")], scene.TargetDials);
        Assert.Equal("a:1", scene.Log.WithId(LogEventIds.NodeDied).Single().Values["Node"]);
    }

    [Fact]
    public async Task Dial_TargetIsSilent_TimesOutAndTriesAnother()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"));
        await using IListener b = await scene.ListenAsync("b");
        await scene.StartTcpAsync("ab", new() { Attempts = 2 });
        int others = scene.Time.ArmedTimers;
        await scene.ConnectAsync();
        await scene.Time.WaitForTimersAsync(others + 1).OrFail();
        scene.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.NotNull(await b.AcceptAsync().OrFail());
        Assert.Contains("within 5 s", scene.Log.WithId(LogEventIds.DialFailed).Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_ThisMachineLacksDescriptors_ChargesNoTarget()
    {
        await using var scene = new ForwardScene();
        await using IListener a = await scene.ListenAsync("a");
        scene.Network.Fail(ForwardScene.At("a"), ForwardError.LocalResources);
        await scene.StartTcpAsync("ab", new() { Selection = new() { Strategy = SelectionStrategy.Fifo } });
        await scene.ConnectAsync();
        Assert.Equal(ConnectionEnd.DialFailed, (await scene.NextClosedAsync()).End);

        await scene.ConnectAsync(a); // still the first choice
        Assert.Empty(scene.Log.WithId(LogEventIds.NodeDied));
    }

    [Fact]
    public async Task Dial_ProxyIsDown_ChargesTheProxyAndNoTarget()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        scene.Builder.Via(hop => hop
            .Node(new Node(ForwardScene.At("p")), new PassingConnector(scene.Network))
            .Node(new Node(ForwardScene.At("q")), new PassingConnector(scene.Network)));
        await using IListener q = await scene.ListenAsync("q");
        await scene.StartTcpAsync("ab", new() { Attempts = 2, Selection = new() { Strategy = SelectionStrategy.Fifo } });
        await scene.ConnectAsync(target);

        Assert.Equal("p:1", scene.Log.WithId(LogEventIds.NodeDied).Single().Values["Node"]);
        Assert.Equal([ForwardScene.At("p"), ForwardScene.At("q"), ForwardScene.At("a")], scene.TargetDials);
    }

    [Fact]
    public async Task Dial_ProxyCannotReachTheTarget_ChargesTheTargetAndNoProxy()
    {
        await using var scene = new ForwardScene();
        await using IListener p = await scene.ListenAsync("p");
        await using IListener b = await scene.ListenAsync("b");
        scene.Builder.Via(hop => hop
            .Node(new Node(ForwardScene.At("p")), new PassingConnector(scene.Network))
            .Node(new Node(ForwardScene.At("q")), new PassingConnector(scene.Network))
            .Select(new() { Strategy = SelectionStrategy.Fifo }));
        await scene.StartTcpAsync("ab", new() { Attempts = 2, Selection = new() { Strategy = SelectionStrategy.Fifo } });
        await scene.ConnectAsync(b);

        Assert.Equal("a:1", scene.Log.WithId(LogEventIds.NodeDied).Single().Values["Node"]);
        Assert.DoesNotContain(ForwardScene.At("q"), scene.TargetDials);
    }

    [Fact]
    public async Task Dial_SelectorThrows_EndsThatConnectionOnly()
    {
        await using var scene = new ForwardScene();
        await using IListener a = await scene.ListenAsync("a");
        var selector = new MoodySelector { Fails = true };
        await scene.StartTcpAsync("ab", new() { Selection = new() { Selector = selector } });
        InMemoryConnection client = await scene.ConnectAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Failed, connection.End);
        Assert.IsType<NotSupportedException>(connection.Error);
        selector.Fails = false;
        await scene.ConnectAsync(a);
    }

    /// <summary>A proxy that needs no protocol: it is as if it dialled the target itself.</summary>
    private sealed class PassingConnector(InMemoryNetwork network) : IConnector
    {
        public async ValueTask<IConnection> ConnectAsync(
            IConnection node, HostEndPoint target, CancellationToken cancellationToken = default)
        {
            IConnection connection = await network.Dialer.DialAsync(target, cancellationToken);
            await node.DisposeAsync();
            return connection;
        }
    }

    private sealed class MoodySelector : INodeSelector
    {
        public bool Fails { get; set; }

        public Node? SelectNode(IReadOnlyList<Node> candidates) => Fails ? throw new NotSupportedException() : candidates[0];
    }
}
