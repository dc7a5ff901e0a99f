using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Ssh.Authentication;

/// <summary>How many connections a server has that are not logged in (ssh, section 5).</summary>
internal sealed record LoginGateSettings
{
    /// <summary>With so many open, some of the new ones are dropped. 10 by default; this, <see cref="DropPercentage"/> and
    /// <see cref="MaxOpen"/> are OpenSSH's MaxStartups.</summary>
    public int DropFrom { get; init; } = 10;

    /// <summary>How many of a hundred are dropped at <see cref="DropFrom"/>; it rises evenly up to all of them. 30 by default.</summary>
    public int DropPercentage { get; init; } = 30;

    /// <summary>With so many open, all new ones are dropped. 100 by default.</summary>
    public int MaxOpen { get; init; } = 100;

    /// <summary>How many a source may have open. 5 by default.</summary>
    public int MaxOpenPerSource { get; init; } = 5;

    /// <summary>After so many failed logins a source has to wait. 5 by default.</summary>
    public int FailuresToPenalty { get; init; } = 5;

    /// <summary>How long it waits at first; each further failure doubles it. 60 seconds by default.</summary>
    public TimeSpan Penalty { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What it comes to at most, and also after what time without one the failures are forgotten. 10 minutes by default.</summary>
    public TimeSpan MaxPenalty { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many sources are remembered for their failures; those that were quiet the longest are forgotten first. 10 000 by
    /// default.</summary>
    public int MaxSources { get; init; } = 10_000;

    public Random Random { get; init; } = Random.Shared;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
