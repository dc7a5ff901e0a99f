namespace GostNet.Internal;

/// <summary>Tells whoever comes along whether it is time to look at something again. Of those who ask at the same time one is told so,
/// and where nobody asks nothing is done.</summary>
internal sealed class LookClock(TimeProvider time)
{
    private long _lastLook = time.GetTimestamp();

    /// <summary>Whether the last look was at least that long ago. If so, the caller looks now.</summary>
    public bool IsDue(TimeSpan period)
    {
        long lastLook = Volatile.Read(ref _lastLook);
        return time.GetElapsedTime(lastLook) >= period
            && Interlocked.CompareExchange(ref _lastLook, time.GetTimestamp(), lastLook) == lastLook;
    }
}
