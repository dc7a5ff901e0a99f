namespace GostNet.Tests.Shared;

/// <summary>A clock that moves only when told, and takes timers, delays and timed token sources with it.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private const long TimestampsPerTick = 4; // unlike TimeSpan and Stopwatch, so that a test notices who mixes them up

    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly StateWaiters _waiters = new();
    private DateTimeOffset _now = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);

    /// <summary>How many timers are armed: what a test leaves behind.</summary>
    public int ArmedTimers { get { lock (_gate) { return _armed.Count; } } }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond * TimestampsPerTick;

    public override long GetTimestamp() => GetUtcNow().Ticks * TimestampsPerTick;

    public override DateTimeOffset GetUtcNow() { lock (_gate) { return _now; } }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ManualTimer timer = new(this) { Call = () => callback(state) };
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes once that many timers are armed at the same time.</summary>
    public Task WaitForTimersAsync(int count) { lock (_gate) { return _waiters.WaitAsync(() => _armed.Count >= count); } }

    /// <summary>Moves the clock. Timers that fall due on the way are called here, in order and each at its own time.</summary>
    public void Advance(TimeSpan by)
    {
        DateTimeOffset end = GetUtcNow() + by;
        while (TakeNextDue(end) is { } timer) { timer.Call(); }
    }

    private ManualTimer? TakeNextDue(DateTimeOffset end)
    {
        lock (_gate)
        {
            ManualTimer? next = _armed.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            _now = new[] { _now, next?.Due ?? end }.Max();
            if (next is not null) { Arm(next, next.Period, next.Period); }
            return next;
        }
    }

    private bool Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (timer.IsDisposed) { return false; }
            _armed.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan; // 0 is once, as for System.Threading.Timer
            if (dueTime >= TimeSpan.Zero)
            {
                timer.Due = _now + dueTime;
                _armed.Add(timer);
            }

            _waiters.Changed();
        }

        if (dueTime == TimeSpan.Zero) { ThreadPool.QueueUserWorkItem(_ => Advance(TimeSpan.Zero)); } // due already
        return true;
    }

    private sealed class ManualTimer(ManualTimeProvider clock) : ITimer
    {
        public required Action Call { get; init; }

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; set; }

        public bool IsDisposed { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Arm(this, dueTime, period);

        public void Dispose() { Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); IsDisposed = true; }

        public ValueTask DisposeAsync() { Dispose(); return ValueTask.CompletedTask; }
    }
}
