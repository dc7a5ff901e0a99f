namespace GostNet.Relaying;

/// <summary>Carries bytes between two connections, both ways, until both have ended.</summary>
internal interface IStreamRelay
{
    /// <summary>Relays until the end, whatever it is. Both connections are then either ended both ways or aborted; disposing them is
    /// the caller's.</summary>
    /// <param name="session">The two connections. Counters are kept up to date on it.</param>
    /// <returns>Why it ended, and the failure behind that if there is one. Does not throw.</returns>
    Task<RelayResult> RelayAsync(RelaySession session);
}
