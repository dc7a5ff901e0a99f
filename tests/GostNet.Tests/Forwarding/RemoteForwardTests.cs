using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Options;

namespace GostNet.Tests.Forwarding;

/// <summary>Forwards that listen at the far end of a chain, through outages of all kinds.</summary>
public sealed class RemoteForwardTests
{
    private static readonly HostEndPoint Far = new("far", 9);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task RemoteTcp_AConnectionAtTheFarEnd_ReachesTheTargetFromHere()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartAsync(scene);
        await using IListener target = await scene.ListenAsync("a");

        Assert.Equal(Far, await scene.Forward.WaitUntilListeningAsync().OrFail());
        await using IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;
        await peer.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await accepted.ReadToEndAsync().OrFail());
        await accepted.SendAndEndAsync("answer"u8.ToArray()).OrFail();
        Assert.Equal("answer"u8.ToArray(), await peer.ReadToEndAsync().OrFail());
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task StartAsync_FarEndIsDown_StartsAndKeepsAsking()
    {
        await using var scene = new ForwardScene();
        var farEnd = new FarEnd(scene.Network);
        AddRemoteTcp(scene, farEnd);

        await scene.Forwarder.StartAsync().OrFail();
        await WaitForLossAsync(scene, 1);
        Assert.Equal(ForwardState.BackingOff, scene.Forward.State);
        Assert.Equal(ForwardError.ConnectionRefused, Assert.IsType<ForwardException>(scene.Forward.Error).Error);
        await farEnd.StartAsync();
        await using (farEnd)
        {
            scene.Time.Advance(LongestWait);

            Assert.Equal(Far, await scene.Forward.WaitUntilListeningAsync().OrFail());
            Assert.Null(scene.Forward.Error);
        }
    }

    /// <summary>1, 2, 4, then 6 seconds each, less up to half of that.</summary>
    [Fact]
    public async Task Backoff_WhileTheFarEndIsDown_GrowsToSixSeconds()
    {
        await using var scene = new ForwardScene();
        AddRemoteTcp(scene, new FarEnd(scene.Network));
        await scene.Forwarder.StartAsync().OrFail();

        for (int i = 0; i < 6; i++)
        {
            double wait = await WaitForLossAsync(scene, i + 1);
            Assert.InRange(wait, new[] { 1, 2, 4, 6, 6, 6 }[i] / 2.0, new[] { 1, 2, 4, 6, 6, 6 }[i]);
            scene.Time.Advance(TimeSpan.FromSeconds(wait));
        }
    }

    [Fact]
    public async Task FarEnd_LostAfterAWhile_IsAskedAgainAlmostAtOnceAndItsPortIsFreeByThen()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartAsync(scene);
        await using IListener target = await scene.ListenAsync("a");
        IConnection control = await farEnd.NextControlAsync();
        await scene.Forward.WaitUntilListeningAsync().OrFail();
        scene.Time.Advance(TimeSpan.FromMinutes(1));

        control.Abort();
        Assert.InRange(await WaitForLossAsync(scene, 1), 0, 0.25);
        scene.Time.Advance(TimeSpan.FromSeconds(0.25));

        await farEnd.NextControlAsync();
        await scene.Log.WaitForAsync(LogEventIds.ForwardListening, 2).OrFail(); // binding the same port again would fail were it not free
        await using IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        await using IConnection? accepted = await target.AcceptAsync().OrFail();
        Assert.NotNull(accepted);
    }

    [Fact]
    public async Task FarEnd_ThatListensAndIsLostAtOnce_IsNotAskedInALoop()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartAsync(scene);

        for (int i = 0; i < 4; i++)
        {
            IConnection control = await farEnd.NextControlAsync();
            await scene.Log.WaitForAsync(LogEventIds.ForwardListening, i + 1).OrFail();
            control.Abort();
            double wait = await WaitForLossAsync(scene, i + 1);
            Assert.InRange(wait, new[] { 0.5, 1, 2, 3 }[i], 6);
            scene.Time.Advance(TimeSpan.FromSeconds(wait));
        }
    }

    [Fact]
    public async Task FarEnd_ThatRefuses_IsToldWithItsReason()
    {
        await using var scene = new ForwardScene();
        var farEnd = new FarEnd(scene.Network) { Refusal = new ForwardException(ForwardError.Forbidden, "not this port") };
        await farEnd.StartAsync();
        await using (farEnd)
        {
            AddRemoteTcp(scene, farEnd);
            await scene.Forwarder.StartAsync().OrFail();

            await WaitForLossAsync(scene, 1);
            var error = Assert.IsType<ForwardException>(scene.Forward.Error);
            Assert.Equal(ForwardError.Forbidden, error.Error);
            Assert.Equal(FarEnd.Node.Name, error.Node);
        }
    }

    [Fact]
    public async Task Connections_WhenTheFarEndIsLost_LiveOn()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartAsync(scene);
        await using IListener target = await scene.ListenAsync("a");
        (IConnection peer, IConnection accepted) = await ConnectAndLoseAsync(scene, farEnd, target);

        await peer.SendAndEndAsync([1, 2, 3]).OrFail();
        Assert.Equal([1, 2, 3], await accepted.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopAsync_InWhateverState_ReleasesTheFarEnd(bool isLost)
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartAsync(scene);
        IConnection control = await farEnd.NextControlAsync();
        await scene.Forward.WaitUntilListeningAsync().OrFail();
        if (isLost)
        {
            control.Abort();
            await WaitForLossAsync(scene, 1);
        }

        await scene.Forwarder.StopAsync().OrFail();

        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Forward.WaitUntilListeningAsync()).OrFail();
        await Assert.ThrowsAsync<ForwardException>(() => scene.Network.Dialer.DialAsync(Far).AsTask()).OrFail();
    }

    [Fact]
    public async Task StopAsync_WhileTheFarEndDoesNotAnswer_GivesUpAtOnce()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(FarEnd.Node.Address);
        AddRemoteTcp(scene, new FarEnd(scene.Network));
        await scene.Forwarder.StartAsync().OrFail();
        await scene.Network.WaitForDialsAsync(1).OrFail();
        Assert.Equal(ForwardState.Connecting, scene.Forward.State);

        await scene.Forwarder.StopAsync().OrFail();

        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
    }

    [Fact]
    public async Task WaitUntilListeningAsync_BeforeTheStart_CompletesAfterIt()
    {
        await using var scene = new ForwardScene();
        var farEnd = new FarEnd(scene.Network);
        await farEnd.StartAsync();
        await using (farEnd)
        {
            AddRemoteTcp(scene, farEnd);
            Task<System.Net.EndPoint> listening = scene.Forward.WaitUntilListeningAsync();
            Assert.False(listening.IsCompleted);

            await scene.Forwarder.StartAsync().OrFail();

            Assert.Equal(Far, await listening.OrFail());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitUntilListeningAsync_ForwarderIsDisposedBeforeItsStart_Throws(bool isUdp)
    {
        await using var scene = new ForwardScene();
        AddRemote(scene, new FarEnd(scene.Network), isUdp);
        Task<System.Net.EndPoint> listening = scene.Forward.WaitUntilListeningAsync();

        await scene.Forwarder.DisposeAsync().OrFail();

        await Assert.ThrowsAsync<InvalidOperationException>(() => listening.OrFail());
        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
        Assert.Empty(scene.Log.WithId(LogEventIds.ForwardStopped));
    }

    [Fact]
    public async Task StartAsync_ALocalAddressIsTaken_StopsTheRemoteForwardToo()
    {
        await using var scene = new ForwardScene();
        await using IListener taken = await scene.ListenAsync("taken");
        AddRemoteTcp(scene, new FarEnd(scene.Network));
        scene.Builder.Route(route => route.LocalTcp("taken:1", "a:1").LocalTcp("free:1", "a:1"));
        Task<System.Net.EndPoint>[] listening = [.. scene.Forwarder.Forwards.Select(f => f.WaitUntilListeningAsync())];

        await Assert.ThrowsAnyAsync<IOException>(() => scene.Forwarder.StartAsync().OrFail());

        Assert.All(scene.Forwarder.Forwards, forward => Assert.Equal(ForwardState.Stopped, forward.State));
        foreach (Task<System.Net.EndPoint> one in listening)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => one.OrFail());
        }

        Assert.Empty(scene.Network.Dials);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FarEnd_ThatClosesItsPort_IsLostForAReason(bool isUdp)
    {
        await using var scene = new ForwardScene();
        var farEnd = new LateFarEnd(scene.Network);
        await StartAsync(scene, farEnd, isUdp);
        farEnd.Answer.SetResult();
        await scene.Forward.WaitUntilListeningAsync().OrFail();

        await farEnd.Listener!.DisposeAsync();

        await WaitForLossAsync(scene, 1);
        Assert.Equal(ForwardError.ConnectionClosed, Assert.IsType<ForwardException>(scene.Forward.Error).Error);
    }

    /// <summary>The port must not stay open for nobody.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopAsync_FarEndListensAllTheSame_ReleasesIt(bool isUdp)
    {
        await using var scene = new ForwardScene();
        var farEnd = new LateFarEnd(scene.Network);
        await StartAsync(scene, farEnd, isUdp);
        await farEnd.Asked.Task.OrFail();
        Task stopping = scene.Forwarder.StopAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Forward.WaitUntilListeningAsync().OrFail()); // by now it is told
        farEnd.Answer.SetResult();

        await stopping.OrFail();

        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
        Assert.Empty(scene.Log.WithId(LogEventIds.ForwardListening));
        await using IAsyncDisposable again = isUdp ? await scene.Network.ListenDatagramsAsync(Far) : await scene.Network.ListenAsync(Far);
    }

    [Fact]
    public async Task StopAsync_WhileConnectionsLast_LetsThemFinishThoughTheFarEndIsLost()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartAsync(scene);
        await using IListener target = await scene.ListenAsync("a");
        (IConnection peer, IConnection accepted) = await ConnectAndLoseAsync(scene, farEnd, target);

        Task stopping = scene.Forwarder.StopAsync(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Forward.WaitUntilListeningAsync()).OrFail();
        Assert.Equal(ForwardState.Draining, scene.Forward.State);
        await peer.SendAndEndAsync([1, 2, 3]).OrFail();
        Assert.Equal([1, 2, 3], await accepted.ReadToEndAsync().OrFail());
        Assert.False(stopping.IsCompleted);
        await accepted.SendAndEndAsync([4]).OrFail();

        await stopping.OrFail();
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
        await scene.Forwarder.Completion.OrFail();
    }

    [Fact]
    public async Task Completion_WhileTheFarEndIsLost_GoesOn()
    {
        await using var scene = new ForwardScene();
        AddRemoteTcp(scene, new FarEnd(scene.Network));
        await scene.Forwarder.StartAsync().OrFail();
        await WaitForLossAsync(scene, 1);

        Assert.False(scene.Forwarder.Completion.IsCompleted);
        await scene.Forwarder.StopAsync().OrFail();
        await scene.Forwarder.Completion.OrFail();
    }

    /// <summary>What no outage explains is no outage.</summary>
    [Fact]
    public async Task Connector_ThatThrowsSomethingElse_EndsTheForward()
    {
        await using var scene = new ForwardScene();
        var farEnd = new LateFarEnd(scene.Network);
        await StartAsync(scene, farEnd, isUdp: false);
        farEnd.Answer.SetException(new NotSupportedException("a mistake"));

        await Assert.ThrowsAsync<NotSupportedException>(() => scene.Forwarder.Completion.OrFail());
        Assert.Equal(ForwardState.Faulted, scene.Forward.State);
        await scene.Forwarder.StopAsync().OrFail();
        Assert.Equal(ForwardState.Faulted, scene.Forward.State);
    }

    [Fact]
    public async Task RemoteUdp_PeersAtTheFarEnd_GetTheirOwnAnswers()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartUdpAsync(scene);
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        await scene.Forward.WaitUntilListeningAsync().OrFail();

        foreach (string name in new[] { "one", "two" })
        {
            await using IDatagramSocket peer = await scene.Network.DatagramDialer.DialAsync(Far).OrFail();
            await peer.SendTextAsync(name);
            Received received = await target.ReceiveTextAsync();
            Assert.Equal(name, received.Text);
            await target.AnswerAsync(received, $"for {name}");
            Assert.Equal($"for {name}", await peer.ReceiveTextAsync());
        }
    }

    /// <summary>In GOST a peer that keeps sending stays bound to the dead tunnel, and every answer is lost (gost-nodes, section 6, D7).</summary>
    [Fact]
    public async Task RemoteUdp_FarEndLost_EndsItsFlowsAndServesTheSamePeerAnew()
    {
        await using var scene = new ForwardScene();
        await using FarEnd farEnd = await StartUdpAsync(scene);
        await using IDatagramListener target = await scene.ListenDatagramsAsync("a");
        IConnection control = await farEnd.NextControlAsync();
        await scene.Forward.WaitUntilListeningAsync().OrFail();
        await using IDatagramSocket peer = await scene.Network.DatagramDialer.DialAsync(Far).OrFail();
        await peer.SendTextAsync("before");
        Received first = await target.ReceiveTextAsync();

        control.Abort();
        double wait = await WaitForLossAsync(scene, 1);
        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        scene.Time.Advance(TimeSpan.FromSeconds(wait));
        await scene.Log.WaitForAsync(LogEventIds.ForwardListening, 2).OrFail();

        await peer.SendTextAsync("after");
        Received second = await target.ReceiveTextAsync();
        Assert.NotEqual(first.Source, second.Source);
        await target.AnswerAsync(second, "answer");
        Assert.Equal("answer", await peer.ReceiveTextAsync());
    }

    [Fact]
    public void Build_ChainThatCannotListen_IsRefusedAndNothingListensHere()
    {
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => new ForwardBuilder()
            .RemoteTcp(":1", "a:1")
            .RemoteUdp(":2", "a:1")
            .ViaHttp("proxy:8080")
            .Route(route => route.Serve("rtcp://:3/a:1").Serve("rudp://:4/a:1"))
            .Build());

        Assert.Equal(
            [
                "rtcp://:1/a:1: the chain ends in http://proxy:8080, which cannot listen for connections; end it with a SOCKS5 proxy or an SSH server, or write tcp://, or LocalTcp, to listen on this machine",
                "rudp://:2/a:1: the chain ends in http://proxy:8080, which cannot listen for datagrams; end it with a SOCKS5 proxy, or write udp://, or LocalUdp, to listen on this machine",
                "rtcp://:3/a:1: there is no chain at whose end it could listen; add a SOCKS5 proxy or an SSH server, or write tcp://, or LocalTcp, to listen on this machine",
                "rudp://:4/a:1: there is no chain at whose end it could listen; add a SOCKS5 proxy, or write udp://, or LocalUdp, to listen on this machine",
            ],
            e.Failures);
    }

    private static void AddRemoteTcp(ForwardScene scene, IConnector farEnd) =>
        scene.Builder.RemoteTcp(Far, ForwardScene.At("a")).Via(hop => hop.Node(FarEnd.Node, farEnd));

    private static void AddRemoteUdp(ForwardScene scene, IConnector farEnd) =>
        scene.Builder.RemoteUdp(Far, ForwardScene.At("a")).Via(hop => hop.Node(FarEnd.Node, farEnd));

    private static void AddRemote(ForwardScene scene, IConnector farEnd, bool isUdp)
    {
        if (isUdp)
        {
            AddRemoteUdp(scene, farEnd);
        }
        else
        {
            AddRemoteTcp(scene, farEnd);
        }
    }

    private static async Task StartAsync(ForwardScene scene, IConnector farEnd, bool isUdp)
    {
        AddRemote(scene, farEnd, isUdp);
        await scene.Forwarder.StartAsync().OrFail();
    }

    private static async Task<FarEnd> StartAsync(ForwardScene scene)
    {
        var farEnd = new FarEnd(scene.Network);
        await farEnd.StartAsync();
        AddRemoteTcp(scene, farEnd);
        await scene.Forwarder.StartAsync().OrFail();
        return farEnd;
    }

    private static async Task<FarEnd> StartUdpAsync(ForwardScene scene)
    {
        var farEnd = new FarEnd(scene.Network);
        await farEnd.StartAsync();
        AddRemoteUdp(scene, farEnd);
        await scene.Forwarder.StartAsync().OrFail();
        return farEnd;
    }

    /// <summary>Connects to the target by way of the far end, which is then lost.</summary>
    private static async Task<(IConnection Peer, IConnection Accepted)> ConnectAndLoseAsync(
        ForwardScene scene, FarEnd farEnd, IListener target)
    {
        IConnection control = await farEnd.NextControlAsync();
        await scene.Forward.WaitUntilListeningAsync().OrFail();
        IConnection peer = await scene.Network.Dialer.DialAsync(Far).OrFail();
        IConnection accepted = (await target.AcceptAsync().OrFail())!;
        control.Abort();
        await WaitForLossAsync(scene, 1);
        return (peer, accepted);
    }

    /// <summary>Waits until the far end was missed so many times, and the forward waits to ask it again.</summary>
    /// <returns>How long it waits, in seconds.</returns>
    private static async Task<double> WaitForLossAsync(ForwardScene scene, int times)
    {
        LogEntry entry = await scene.Log.WaitForAsync(LogEventIds.FarEndLost, times).OrFail();
        return (double)entry.Values["Seconds"]!;
    }

    /// <summary>Listens once it is let, whether anybody still wants it to or not, and needs no connection for that.</summary>
    private sealed class LateFarEnd(InMemoryNetwork network) : IBindConnector, IDatagramConnector
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IAsyncDisposable? Listener { get; private set; }

        public ValueTask<IConnection> ConnectAsync(IConnection node, HostEndPoint target, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async ValueTask<IListener> ListenAsync(
            Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await Answer.Task;
            IListener listener = await network.ListenAsync(endPoint, CancellationToken.None);
            Listener = listener;
            return listener;
        }

        public async ValueTask<IDatagramListener> ListenDatagramsAsync(
            Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint endPoint, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await Answer.Task;
            IDatagramListener listener = await network.ListenDatagramsAsync(endPoint, CancellationToken.None);
            Listener = listener;
            return listener;
        }

        public ValueTask<IDatagramSocket> ConnectDatagramsAsync(
            Func<CancellationToken, ValueTask<IConnection>> openNode, HostEndPoint target, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
