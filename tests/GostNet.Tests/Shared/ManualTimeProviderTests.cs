using GostNet.Tests.Shared;

namespace GostNet.Tests;

public sealed class ManualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Time_OfAllKinds_MovesWhenTold()
    {
        DateTimeOffset before = _clock.GetUtcNow();
        long timestamp = _clock.GetTimestamp();
        Assert.Equal(timestamp, _clock.GetTimestamp());

        _clock.Advance(Second / 3);

        Assert.Equal(Second / 3, _clock.GetUtcNow() - before);
        Assert.Equal(Second / 3, _clock.GetElapsedTime(timestamp));
        Assert.NotEqual(TimeSpan.TicksPerSecond, _clock.TimestampFrequency);
    }

    [Fact]
    public async Task Delay_OfASecond_EndsAfterASecond()
    {
        Task delay = Task.Delay(Second, _clock);

        _clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromTicks(1));
        await delay.OrFail();
    }

    [Fact]
    public void TokenSource_WithATimeout_IsCancelledInTime()
    {
        using CancellationTokenSource timeout = new(Second, _clock);
        using CancellationTokenSource longer = new(2 * Second, _clock);
        using CancellationTokenSource changed = new(Second, _clock);
        changed.CancelAfter(3 * Second);

        _clock.Advance(2 * Second);

        Assert.True(timeout.IsCancellationRequested);
        Assert.True(longer.IsCancellationRequested);
        Assert.False(changed.IsCancellationRequested);
    }

    [Fact]
    public async Task PeriodicTimer_OfASecond_TicksEverySecond()
    {
        using PeriodicTimer timer = new(Second, _clock);
        for (int i = 0; i < 3; i++)
        {
            Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
            Assert.False(tick.IsCompleted);
            _clock.Advance(Second);
            Assert.True(await tick.OrFail());
        }
    }

    [Fact]
    public void Timers_OnTheWay_AreCalledInOrderEachAtItsTime()
    {
        DateTimeOffset start = _clock.GetUtcNow();
        List<(string, TimeSpan)> calls = [];
        using ITimer late = Timer("late", 5, Timeout.InfiniteTimeSpan);
        using ITimer periodic = Timer("periodic", 1, 2 * Second);
        using ITimer once = Timer("once", 2, TimeSpan.Zero);
        using ITimer disposed = Timer("disposed", 2, Second);
        disposed.Dispose();

        _clock.Advance(5.5 * Second);

        Assert.Equal([("periodic", 1), ("once", 2), ("periodic", 3), ("late", 5), ("periodic", 5)],
            calls.Select(call => (call.Item1, (int)call.Item2.TotalSeconds)).OrderBy(call => call.Item2).ThenBy(call => call.Item1));
        Assert.Equal(5.5 * Second, _clock.GetUtcNow() - start);

        ITimer Timer(string name, int seconds, TimeSpan period) =>
            _clock.CreateTimer(_ => calls.Add((name, _clock.GetUtcNow() - start)), null, seconds * Second, period);
    }

    [Fact]
    public async Task Timer_DueAtOnce_IsCalledWithoutMoving()
    {
        TaskCompletionSource called = new();
        using ITimer timer = _clock.CreateTimer(_ => called.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await called.Task.OrFail();
    }

    [Fact]
    public async Task WaitForTimers_UntilSoManyAreArmed_Completes()
    {
        Task two = _clock.WaitForTimersAsync(2);
        using (ITimer gone = _clock.CreateTimer(_ => { }, null, Second, Second))
        {
            Assert.True(_clock.WaitForTimersAsync(1).IsCompleted);
        }

        using ITimer unarmed = _clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Second);
        using ITimer one = _clock.CreateTimer(_ => { }, null, Second, Second);
        Assert.False(two.IsCompleted);

        unarmed.Change(Second, Second);
        await two.OrFail();
    }
}
