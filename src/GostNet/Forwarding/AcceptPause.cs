using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>How long to leave a listener alone that cannot accept: 5 ms, doubling up to 1 s, from the start again once it can
/// (gost-nodes, section 3.5).</summary>
internal sealed class AcceptPause(string forward, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private TimeSpan _next = Shortest;

    public void Reset() => _next = Shortest;

    public async Task WaitAsync(Exception problem, CancellationToken cancellationToken)
    {
        TimeSpan pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        logger.AcceptFailed(forward, pause.TotalMilliseconds, problem.Message);
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
