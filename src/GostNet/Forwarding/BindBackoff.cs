namespace GostNet.Forwarding;

/// <summary>How long to wait before a far end is asked again to listen: 1, 2, 4, then 6 seconds each, as GOST does (gost-nodes,
/// section 2.3), less up to half of it by chance, so that those who lost one server together do not come back together.</summary>
/// <remarks>What listened for longer than the longest wait is asked for again almost at once.</remarks>
internal sealed class BindBackoff(Random random)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6)];

    private int _failures;

    /// <summary>The next wait.</summary>
    /// <param name="listenedFor">How long the far end listened before it was lost; zero if it did not.</param>
    public TimeSpan Next(TimeSpan listenedFor)
    {
        if (listenedFor > Waits[^1])
        {
            _failures = 0;
            return Less(Soon);
        }

        return Less(Waits[Math.Min(_failures++, Waits.Length - 1)]);
    }

    // Spreading attempts needs no cryptographic randomness.
    private TimeSpan Less(TimeSpan wait) => wait * (1 - (random.NextDouble() / 2));
}
