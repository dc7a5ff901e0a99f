namespace GostNet.Transports.Multiplexing;

/// <summary>The settings of a session. Version apart, the two ends of a session need not agree on any (smux, section 3).</summary>
internal sealed record SmuxOptions
{
    /// <summary>The longest payload that may be sent. Beyond 65,527 bytes GOST 2.8.1 crashes (smux, section 10, 1).</summary>
    public const int MaxFrameSizeLimit = 32 * 1024;

    /// <summary>For the side that opens streams, and asks over them.</summary>
    /// <remarks>Two of ours end one direction of a stream alone. With another peer, this side holds the end of a request back until the
    /// answer has ended, because to GOST an end is one of both directions. A stream that nobody reads and that fills the session is
    /// given up before the session is.</remarks>
    public static SmuxOptions Asking { get; } = new()
    {
        AnnounceHalfClose = true,
        HalfClose = SmuxHalfClose.Drain,
        MaxStreamShare = 1024 * 1024,
        StallTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>For the side that accepts streams, and answers over them. It does not hold back the end of an answer: the peer waits for
    /// it.</summary>
    public static SmuxOptions Answering { get; } = Asking with { HalfClose = SmuxHalfClose.Immediate };

    /// <summary>1 by default, as GOST; 2 has a window for each stream. It is not negotiated.</summary>
    public int Version { get; init; } = 1;

    /// <summary>How many bytes of data a frame carries at most, from 1 to 32,768. 4096 by default, as GOST 2.8.1.</summary>
    public int MaxFrameSize { get; init; } = 4096;

    /// <summary>How many bytes all streams together hold unread, give or take a frame, until nothing more is read from the connection.
    /// 4 MiB by default, as GOST.</summary>
    public int ReceiveBuffer { get; init; } = 4 * 1024 * 1024;

    /// <summary>The window that version 2 gives to each stream. 64 KiB by default, as GOST 3. Before the first reading the protocol grants
    /// 256 KiB whatever this is.</summary>
    public int StreamBuffer { get; init; } = 64 * 1024;

    /// <summary>How many of the bytes of <see cref="ReceiveBuffer"/> one stream may keep from the others. All by default.</summary>
    /// <remarks>
    /// <para>A sender of version 1 has no window: a stream whose reader stands still goes on filling the buffer, and when that is full
    /// everything stands still. Three things are possible then: to wait, to throw data of that stream away, which is no longer a
    /// stream, or to end it. Until the buffer is full nobody is harmed and nothing is done.</para>
    /// <para>With a limit here, a stream that holds more than that while the buffer is full, and of which nothing was read for
    /// <see cref="StallTimeout"/>, is aborted, and the others go on. A slow reader is never aborted, for it reads.</para>
    /// </remarks>
    public int MaxStreamShare { get; init; } = int.MaxValue;

    /// <summary>How long a stream above <see cref="MaxStreamShare"/> may stop all others. 10 seconds by default: less than
    /// <see cref="WriteTimeout"/>, after which a peer like this one gives the session up.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a sign of life is sent. 10 seconds by default, as GOST; infinite for never.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often it is looked whether the peer has sent anything; if not, the session ends. At least
    /// <see cref="KeepAliveInterval"/>; 30 seconds by default, as GOST; infinite for never.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one write to the connection may take until the session ends. 30 seconds by default (smux, section 8).</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="SmuxSession.CloseAsync"/> waits for the peer to take what is left. 5 seconds by default.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many streams may be open, both sides' together. 4096 by default. One more that the peer opens is closed at once.</summary>
    public int MaxStreams { get; init; } = 4096;

    /// <summary>How many streams may wait to be accepted. 1024 by default, as GOST. One more is closed at once.</summary>
    public int AcceptBacklog { get; init; } = 1024;

    /// <summary>How many streams a second the peer may open; more end the session. 1000 by default.</summary>
    public int SynRateLimit { get; init; } = 1000;

    /// <summary>When a half-close is told to a peer that may not know half-closes. <see cref="SmuxHalfClose.Drain"/> by default.</summary>
    /// <remarks>The side that asks wants <see cref="SmuxHalfClose.Drain"/>, so that its answer still arrives. For the side that answers,
    /// which is the one that accepts the streams, the end of the answer is nearly always the end of all, and
    /// <see cref="SmuxHalfClose.Immediate"/> tells the other side without waiting.</remarks>
    public SmuxHalfClose HalfClose { get; init; } = SmuxHalfClose.Drain;

    /// <summary>How long <see cref="SmuxHalfClose.Drain"/> waits for further data. 10 seconds by default.</summary>
    public TimeSpan HalfCloseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether it is known that the peer goes on sending after the end of the other direction was told. False by default.</summary>
    public bool PeerHalfCloses { get; init; }

    /// <summary>Whether the peer is told, by a frame that all others ignore, that this side knows half-closes. False by default: GOST
    /// sends nothing of the kind. One side that does it is enough, for the other answers.</summary>
    public bool AnnounceHalfClose { get; init; }

    /// <summary>Reports everything that is wrong, at once.</summary>
    /// <exception cref="ArgumentException">Something is.</exception>
    public void Validate()
    {
        List<string> problems = [];
        Check(Version is 1 or 2, $"{nameof(Version)} is {Version}; write 1 or 2");
        Check(
            MaxFrameSize is > 0 and <= MaxFrameSizeLimit, $"{nameof(MaxFrameSize)} is {MaxFrameSize}; write from 1 to {MaxFrameSizeLimit}");
        Check(ReceiveBuffer > 0, $"{nameof(ReceiveBuffer)} is {ReceiveBuffer}; write 1 or more");
        Check(StreamBuffer > 0, $"{nameof(StreamBuffer)} is {StreamBuffer}; write 1 or more");
        Check(
            Version == 1 || StreamBuffer <= ReceiveBuffer,
            $"{nameof(StreamBuffer)} is {StreamBuffer}, which is more than {nameof(ReceiveBuffer)}, {ReceiveBuffer}");
        Check(MaxStreamShare > 0, $"{nameof(MaxStreamShare)} is {MaxStreamShare}; write 1 or more");
        Check(MaxStreams > 0, $"{nameof(MaxStreams)} is {MaxStreams}; write 1 or more");
        Check(AcceptBacklog > 0, $"{nameof(AcceptBacklog)} is {AcceptBacklog}; write 1 or more");
        Check(SynRateLimit > 0, $"{nameof(SynRateLimit)} is {SynRateLimit}; write 1 or more");
        Check(Enum.IsDefined(HalfClose), $"{nameof(HalfClose)} is {HalfClose}, which is none of the policies");
        CheckTime(StallTimeout, nameof(StallTimeout));
        CheckTime(KeepAliveInterval, nameof(KeepAliveInterval), orInfinite: true);
        CheckTime(KeepAliveTimeout, nameof(KeepAliveTimeout), orInfinite: true);
        Check(
            KeepAliveTimeout == Timeout.InfiniteTimeSpan || KeepAliveTimeout >= KeepAliveInterval,
            $"{nameof(KeepAliveTimeout)} is {KeepAliveTimeout}, which is less than {nameof(KeepAliveInterval)}, {KeepAliveInterval}");
        CheckTime(WriteTimeout, nameof(WriteTimeout));
        CheckTime(CloseTimeout, nameof(CloseTimeout));
        CheckTime(HalfCloseTimeout, nameof(HalfCloseTimeout));
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The smux options cannot be used: {string.Join("; ", problems)}.");
        }

        void Check(bool isRight, string problem)
        {
            if (!isRight)
            {
                problems.Add(problem);
            }
        }

        // Timers take up to 2^32 - 2 milliseconds.
        void CheckTime(TimeSpan value, string name, bool orInfinite = false) => Check(
            (value > TimeSpan.Zero && value.TotalMilliseconds < uint.MaxValue) || (orInfinite && value == Timeout.InfiniteTimeSpan),
            $"{name} is {value}; write more than zero, up to 49 days");
    }
}
