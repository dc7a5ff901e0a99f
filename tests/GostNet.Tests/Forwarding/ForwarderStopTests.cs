using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>How a forwarder ends. That nothing is left of it, <see cref="ForwardScene"/> checks each time.</summary>
public sealed class ForwarderStopTests
{
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task StopAsync_ConnectionsFinish_WaitsForThem()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        Task stopping = scene.Forwarder.StopAsync(Drain);
        await scene.Recorded.ListenerClosed.OrFail();

        await AssertRefusedAsync(scene);
        Assert.Equal(ForwardState.Draining, scene.Forward.State);
        await client.SendAndEndAsync("last words"u8.ToArray()).OrFail();
        Assert.Equal("last words"u8.ToArray(), await target.ReadToEndAsync().OrFail());
        Assert.False(stopping.IsCompleted);
        await target.SendAndEndAsync("and the answer"u8.ToArray()).OrFail();
        Assert.Equal("and the answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());

        await stopping.OrFail();
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
        Assert.Single(scene.Log.WithId(LogEventIds.ForwardStopped));
        await scene.Forwarder.Completion.OrFail();
    }

    [Fact]
    public async Task StopAsync_DrainTimePasses_EndsWhatIsLeft()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        int others = scene.Time.ArmedTimers;
        Task stopping = scene.Forwarder.StopAsync(Drain);
        await scene.Time.WaitForTimersAsync(others + 1).OrFail();
        scene.Time.Advance(Drain - TimeSpan.FromTicks(1));
        Assert.False(stopping.IsCompleted);
        scene.Time.Advance(TimeSpan.FromTicks(1));

        await stopping.OrFail();
        await AssertEndedAsync(scene, client, target);
    }

    [Fact]
    public async Task StopAsync_NoTimeGiven_DrainsForThirtySeconds()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        int others = scene.Time.ArmedTimers;
        Task stopping = scene.Forwarder.StopAsync();
        await scene.Time.WaitForTimersAsync(others + 1).OrFail();
        scene.Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.False(stopping.IsCompleted);
        scene.Time.Advance(TimeSpan.FromTicks(1));

        await stopping.OrFail();
        await AssertEndedAsync(scene, client, target);
    }

    [Fact]
    public async Task StopAsync_TokenIsCancelled_EndsAtOnce()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        using var hurry = new CancellationTokenSource();
        Task stopping = scene.Forwarder.StopAsync(Drain, hurry.Token);
        await scene.Recorded.ListenerClosed.OrFail();
        await hurry.CancelAsync();

        await stopping.OrFail();
        await AssertEndedAsync(scene, client, target);
    }

    [Fact]
    public async Task DisposeAsync_ConnectionsAreOpen_EndsThemAtOnce()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        await scene.Forwarder.DisposeAsync().OrFail();

        await AssertEndedAsync(scene, client, target);
    }

    [Fact]
    public async Task DisposeAsync_WhileAnotherStopDrains_EndsItForBoth()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        Task stopping = scene.Forwarder.StopAsync(Timeout.InfiniteTimeSpan);
        await scene.Recorded.ListenerClosed.OrFail();
        Assert.False(stopping.IsCompleted);
        await scene.Forwarder.DisposeAsync().OrFail();

        await stopping.OrFail();
        await AssertEndedAsync(scene, client, target);
    }

    [Fact]
    public async Task StopAsync_ManyAtOnce_AllReturn()
    {
        await using var scene = new ForwardScene();
        await StartAndConnectAsync(scene);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => scene.Forwarder.StopAsync(TimeSpan.Zero)))).OrFail();
        await scene.Forwarder.DisposeAsync().OrFail();
        Assert.Single(scene.Log.WithId(LogEventIds.ForwardStopped));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(50 * 24 * 3600 * 1000.0)]
    public async Task StopAsync_TimeOutOfRange_IsRefusedAndChangesNothing(double milliseconds)
    {
        await using var scene = new ForwardScene();
        await scene.StartTcpAsync("a");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => scene.Forwarder.StopAsync(TimeSpan.FromMilliseconds(milliseconds)).OrFail());
        Assert.Equal(ForwardState.Listening, scene.Forward.State);
    }

    [Fact]
    public async Task DisposeAsync_WhileDialing_GivesUpTheDial()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"));
        await scene.StartTcpAsync("a", new() { DialTimeout = Timeout.InfiniteTimeSpan });
        InMemoryConnection client = await scene.ConnectAsync();
        await scene.Network.WaitForDialsAsync(2).OrFail();
        await scene.Forwarder.DisposeAsync().OrFail();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task DisposeAsync_WhileAcceptPauses_EndsThePause()
    {
        await using var scene = new ForwardScene();
        await scene.StartTcpAsync("a");
        int others = scene.Time.ArmedTimers;
        scene.Network.FailAccepts(ForwardScene.Front);
        await scene.Time.WaitForTimersAsync(others + 1).OrFail();

        await scene.Forwarder.DisposeAsync().OrFail();
        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
    }

    [Fact]
    public async Task DisposeAsync_WhileClientsComeIn_LeavesNothing()
    {
        for (int round = 0; round < 50; round++)
        {
            await using var scene = new ForwardScene();
            await using IListener target = await scene.ListenAsync("a");
            await scene.StartTcpAsync("a");
            Task clients = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        await scene.Network.Dialer.DialAsync(ForwardScene.Front);
                    }
                }
                catch (ForwardException)
                {
                    // Refused: it does not listen any more.
                }
            })));
            await scene.NextOpenedAsync();
            await scene.Forwarder.DisposeAsync().OrFail();

            await scene.Recorded.AssertAllClosedAsync(); // already now, and not only a little later
            await clients.OrFail();
        }
    }

    [Fact]
    public async Task StopAsync_CalledByAnEventHandler_Stops()
    {
        await using var scene = new ForwardScene();
        var stopping = new TaskCompletionSource<Task>();
        scene.Builder.LocalTcp("front:1", "a:1");
        scene.Forwarder.ConnectionOpened += (_, _) => stopping.TrySetResult(scene.Forwarder.StopAsync(TimeSpan.Zero));
        await scene.Forwarder.StartAsync().OrFail();
        await scene.ConnectAsync();

        await (await stopping.Task.OrFail()).OrFail();
        await scene.Forwarder.Completion.OrFail();
    }

    [Fact]
    public async Task Completion_ListenerIsClosedBySomebodyElse_FailsAndTheOthersGoOn()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        scene.Builder.LocalTcp("first:1", "a:1").LocalTcp(ForwardScene.Front, ForwardScene.At("a"));
        await scene.Forwarder.StartAsync().OrFail();
        (InMemoryConnection client, InMemoryConnection accepted) = await scene.ConnectAsync(target);
        await scene.Recorded.Listeners.First().DisposeAsync();

        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => scene.Forwarder.Completion.OrFail());
        Assert.Same(e, scene.Forward.Error);
        Assert.Equal(ForwardState.Faulted, scene.Forward.State);
        Assert.Same(e, scene.Log.WithId(LogEventIds.ForwardFaulted).Single().Exception);

        Assert.Equal(ForwardState.Listening, scene.Forwarder.Forwards[1].State);
        await client.SendAndEndAsync([1, 2, 3]).OrFail();
        Assert.Equal([1, 2, 3], await accepted.ReadToEndAsync().OrFail());
        await scene.ConnectAsync(target);
        await scene.Forwarder.StopAsync(TimeSpan.Zero).OrFail(); // does not fail for it
        Assert.Equal(ForwardState.Faulted, scene.Forward.State);
    }

    private static async Task<(InMemoryConnection Client, InMemoryConnection Target)> StartAndConnectAsync(ForwardScene scene)
    {
        IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a");
        return await scene.ConnectAsync(target);
    }

    private static async Task AssertRefusedAsync(ForwardScene scene)
    {
        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.ConnectAsync());
        Assert.Equal(ForwardError.ConnectionRefused, e.Error);
    }

    private static async Task AssertEndedAsync(ForwardScene scene, InMemoryConnection client, InMemoryConnection target)
    {
        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        Assert.Equal(ForwardState.Stopped, scene.Forward.State);
    }
}
