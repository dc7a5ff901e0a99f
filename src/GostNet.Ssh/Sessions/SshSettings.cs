using System.Net;
using GostNet.Internal;
using GostNet.Ssh.KeyExchange;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Ssh.Sessions;

/// <summary>What both sides of a connection go by.</summary>
internal abstract record SshSettings
{
    /// <summary>The algorithms that are offered, the best first.</summary>
    public AlgorithmPreferences Algorithms { get; init; } = AlgorithmPreferences.Default;

    /// <summary>How long it may take until the login is done. 30 seconds by default (ssh, section 5).</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After how many bytes, in either direction, keys are exchanged anew. 1 GiB by default, as OpenSSH does with ChaCha20.</summary>
    public long RekeyBytes { get; init; } = 1L << 30;

    /// <summary>After how many packets, in either direction, keys are exchanged anew: in any case before 2^31 (ssh, section 2.5).</summary>
    public long RekeyPackets { get; init; } = (1L << 31) - (1 << 20);

    /// <summary>After what time keys are exchanged anew. 1 hour by default.</summary>
    public TimeSpan RekeyInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the peer may take for an exchange of keys. 60 seconds by default.</summary>
    public TimeSpan RekeyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many exchanges the peer may start in a row with less than <see cref="IdleExchangeBytes"/> between two. 20 by default
    /// (ssh, section 5).</summary>
    public int MaxIdleExchanges { get; init; } = 20;

    /// <summary>What traffic, in bytes, makes an exchange of keys worth it. 16 KiB by default.</summary>
    public long IdleExchangeBytes { get; init; } = 16 * 1024;

    /// <summary>After what silence the peer is asked whether it lives. 30 seconds by default; infinite for never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many such questions may stay without an answer. 3 by default.</summary>
    public int KeepAliveMisses { get; init; } = 3;

    /// <summary>The most channels at a time. 1024 by default.</summary>
    public int MaxChannels { get; init; } = 1024;

    /// <summary>The most channels that the peer has asked for and that are neither accepted nor refused. 1024 by default: no
    /// fewer than channels, for one read may bring as many.</summary>
    public int MaxPendingOpens { get; init; } = 1024;

    /// <summary>The window of a channel at first, in bytes. 2 MiB by default, as OpenSSH and GOST have it.</summary>
    public int WindowSize { get; init; } = 2 * 1024 * 1024;

    /// <summary>What a window may grow to, in bytes. 16 MiB by default.</summary>
    public int MaxWindowSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>What the windows of all channels may come to, in bytes, before new ones get but <see cref="SmallWindowSize"/>. 64 MiB by
    /// default.</summary>
    public int WindowBudget { get; init; } = 64 * 1024 * 1024;

    /// <summary>The window of a channel when the others have used the budget up, in bytes. 256 KiB by default.</summary>
    public int SmallWindowSize { get; init; } = 256 * 1024;

    /// <summary>How long what is left may take to leave when the connection is closed. 5 seconds by default.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether what has waited for a channel runs on the thread that reads or writes the connection: it must not block then. By
    /// default as it is with sockets.</summary>
    public bool RunsInline { get; init; } = SocketThreads.RunContinuations;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where it is told what happens.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>The address of the peer, if the carrier's is not it.</summary>
    public IPAddress? PeerAddress { get; init; }
}
