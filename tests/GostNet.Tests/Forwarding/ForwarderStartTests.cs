using System.Net;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>A forwarder begins to listen at all of its addresses, or at none.</summary>
public sealed class ForwarderStartTests
{
    [Fact]
    public async Task StartAsync_PortZero_TellsThePortThatWasGiven()
    {
        await using var scene = new ForwardScene();
        scene.Builder.LocalTcp("127.0.0.1:0", "a:1");
        await scene.Forwarder.StartAsync().OrFail();

        var local = (IPEndPoint)scene.Forward.LocalEndPoint!;
        Assert.NotEqual(0, local.Port);
        await using IConnection client = await scene.Network.Dialer.DialAsync(local).OrFail();
        Assert.Equal(ForwardState.Listening, scene.Forward.State);
        Assert.Equal(local, scene.Log.WithId(LogEventIds.ForwardListening).Single().Values["ListenEndPoint"]);
    }

    [Fact]
    public async Task StartAsync_SecondAddressIsTaken_ReleasesTheFirstAndNamesTheSecond()
    {
        await using var scene = new ForwardScene();
        await using IListener taken = await scene.Network.ListenAsync(new("second", 2));
        scene.Builder.LocalTcp("first:1", "a:1").LocalTcp("second:2", "a:1");

        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => scene.Forwarder.StartAsync().OrFail());
        Assert.Contains("second:2", e.Message, StringComparison.Ordinal);
        await using IListener first = await scene.Network.ListenAsync(new("first", 1)); // free again
        Assert.Equal(ForwardState.Stopped, scene.Forwarder.Forwards[0].State);
        await scene.Forwarder.Completion.OrFail();
    }

    [Fact]
    public async Task StartAsync_DatagramAddressIsTaken_ReleasesTheTcpPort()
    {
        await using var scene = new ForwardScene();
        await using IDatagramListener taken = await scene.Network.ListenDatagramsAsync(new("second", 2));
        scene.Builder.LocalTcp("first:1", "a:1").LocalUdp("second:2", "a:1");

        await Assert.ThrowsAnyAsync<IOException>(() => scene.Forwarder.StartAsync().OrFail());
        await using IListener first = await scene.Network.ListenAsync(new("first", 1));
    }

    [Fact]
    public async Task StartAsync_SamePortForTcpAndUdp_ListensOnBoth()
    {
        await using var scene = new ForwardScene();
        scene.Builder.LocalTcp("front:1", "a:1").LocalUdp("front:1", "a:1");
        await scene.Forwarder.StartAsync().OrFail();

        Assert.All(scene.Forwarder.Forwards, forward => Assert.Equal(ForwardState.Listening, forward.State));
    }

    [Fact]
    public async Task StartAsync_Twice_IsRefused()
    {
        await using var scene = new ForwardScene();
        await scene.StartTcpAsync("a");

        await Assert.ThrowsAsync<InvalidOperationException>(() => scene.Forwarder.StartAsync().OrFail());
        await using IConnection client = await scene.ConnectAsync(); // and does no harm
    }

    [Fact]
    public async Task StartAsync_AfterStop_IsRefused()
    {
        await using var scene = new ForwardScene();
        scene.Builder.LocalTcp("front:1", "a:1");
        await scene.Forwarder.StopAsync().OrFail();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => scene.Forwarder.StartAsync().OrFail());
        await scene.Forwarder.Completion.OrFail();
    }

    [Fact]
    public async Task StartAsync_CancelledBefore_MayBeCalledAgain()
    {
        await using var scene = new ForwardScene();
        scene.Builder.LocalTcp("front:1", "a:1");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.Forwarder.StartAsync(new CancellationToken(true)).OrFail());
        await scene.Forwarder.StartAsync().OrFail();
        Assert.Equal(ForwardState.Listening, scene.Forward.State);
    }

    [Fact]
    public async Task StartAsync_CancelledMeanwhile_ReleasesWhatItHad()
    {
        await using var scene = new ForwardScene();
        using var stop = new CancellationTokenSource();
        (Task starting, _) = await StartHalfwayAsync(scene, stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.OrFail());
        await using IListener first = await scene.Network.ListenAsync(new("first", 1));
    }

    [Fact]
    public async Task DisposeAsync_WhileStarting_EndsTheStart()
    {
        await using var scene = new ForwardScene();
        (Task starting, _) = await StartHalfwayAsync(scene, CancellationToken.None);
        await scene.Forwarder.DisposeAsync().OrFail();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.OrFail());
        await using IListener first = await scene.Network.ListenAsync(new("first", 1));
    }

    [Fact]
    public async Task DisposeAsync_StartTakesNoNoticeOfIt_StopsWhatWasStarted()
    {
        await using var scene = new ForwardScene();
        scene.Recorded.ListensRegardless = true;
        (Task starting, TaskCompletionSource gate) = await StartHalfwayAsync(scene, CancellationToken.None);
        Task disposing = scene.Forwarder.DisposeAsync().AsTask();
        gate.SetResult();

        await starting.OrFail();
        await disposing.OrFail();
        Assert.All(scene.Forwarder.Forwards, forward => Assert.Equal(ForwardState.Stopped, forward.State));
        await using IListener first = await scene.Network.ListenAsync(new("first", 1));
        await using IListener second = await scene.Network.ListenAsync(new("second", 2));
    }

    /// <summary>Starts two forwards, the second of which waits for the gate.</summary>
    private static async Task<(Task Starting, TaskCompletionSource Gate)> StartHalfwayAsync(
        ForwardScene scene, CancellationToken cancellationToken)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int listens = 0;
        scene.Recorded.BeforeListening = async stop =>
        {
            if (++listens == 2)
            {
                reached.SetResult();
                await gate.Task.WaitAsync(stop);
            }
        };
        scene.Builder.LocalTcp("first:1", "a:1").LocalTcp("second:2", "a:1");
        Task starting = scene.Forwarder.StartAsync(cancellationToken);
        await reached.Task.OrFail();
        return (starting, gate);
    }
}
