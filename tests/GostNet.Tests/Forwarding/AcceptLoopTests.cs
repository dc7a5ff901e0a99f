using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;
using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Forwarding;

/// <summary>A listener that cannot accept for a while is left alone for a while (gost-nodes, section 3.5).</summary>
public sealed class AcceptLoopTests
{
    [Fact]
    public async Task Accept_FailsAgainAndAgain_PausesTwiceAsLongUpToASecond()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a", new() { HalfOpenTimeout = Timeout.InfiniteTimeSpan });
        scene.Network.FailAccepts(ForwardScene.Front, 10);
        double[] expected = [5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000];
        for (int i = 0; i < expected.Length; i++)
        {
            LogEntry entry = await scene.Log.WaitForAsync(LogEventIds.AcceptFailed, i + 1).OrFail();
            Assert.Equal(expected[i], entry.Values["Milliseconds"]);
            Assert.Equal(LogLevel.Warning, entry.Level);
            await scene.Time.WaitForTimersAsync(1).OrFail();
            scene.Time.Advance(TimeSpan.FromMilliseconds(expected[i] - 1));
            Assert.Equal(i + 1, scene.Log.WithId(LogEventIds.AcceptFailed).Count);
            scene.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await scene.ConnectAsync(target);
        Assert.Equal(ForwardState.Listening, scene.Forward.State);
    }

    [Fact]
    public async Task Accept_SucceedsInBetween_PausesFromTheStartAgain()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a", new() { HalfOpenTimeout = Timeout.InfiniteTimeSpan });
        scene.Network.FailAccepts(ForwardScene.Front, 2);
        await scene.PassPauseAsync(1, 5);
        await scene.PassPauseAsync(2, 10);
        await scene.ConnectAsync(target);
        scene.Network.FailAccepts(ForwardScene.Front);

        await scene.PassPauseAsync(3, 5);
    }

    [Fact]
    public async Task Accept_Fails_LosesNoConnection()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a", new() { HalfOpenTimeout = Timeout.InfiniteTimeSpan });
        scene.Network.FailAccepts(ForwardScene.Front);
        InMemoryConnection client = await scene.ConnectAsync();
        await client.SendAndEndAsync([7]).OrFail();
        await scene.PassPauseAsync(1, 5);

        await using IConnection? accepted = await target.AcceptAsync().OrFail();
        Assert.Equal([7], await accepted!.ReadToEndAsync().OrFail());
    }
}
