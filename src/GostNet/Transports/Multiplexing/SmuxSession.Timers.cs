namespace GostNet.Transports.Multiplexing;

/// <content>What happens by the clock.</content>
/// <remarks>Keep-alive has two timers of its own, which always run. What is due some time after an event is looked for once a second, and
/// only while there is such a thing: streams are many and come and go, and a second more does not matter.</remarks>
internal sealed partial class SmuxSession
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // The first is the one that ticks.
    private ITimer[] _timers = [];
    private bool _isTicking;

    /// <summary>Has the clock looked at. The caller holds the gate.</summary>
    internal void StartTicking()
    {
        if (!_isTicking && !_isEnded)
        {
            _isTicking = true;
            _timers[0].Change(Tick, Tick);
        }
    }

    private void StartTimers() => _timers =
    [
        StartTimer(session => session.OnTick(), Timeout.InfiniteTimeSpan),
        StartTimer(session => session.KeepAlive(), Options.KeepAliveInterval),
        StartTimer(session => session.CheckPeer(), Options.KeepAliveTimeout),
    ];

    private ITimer StartTimer(Action<SmuxSession> action, TimeSpan period) =>
        Time.CreateTimer(_ => action(this), state: null, period, period);

    private async Task StopTimersAsync()
    {
        foreach (ITimer timer in _timers)
        {
            await timer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void KeepAlive()
    {
        lock (Gate)
        {
            _isNopDue = !_isClosing;
        }

        Flush();
    }

    private void CheckPeer()
    {
        // While nothing is read, nothing can be heard (section 8).
        if (!IsReceivingPaused && Interlocked.Exchange(ref _hasHeardPeer, 0) == 0)
        {
            End(new ForwardException(
                ForwardError.TimedOut, $"The peer has sent nothing for {Options.KeepAliveTimeout.TotalSeconds:0.###} s."));
        }
    }

    private void OnTick()
    {
        Exception? error = null;
        List<(SmuxConnection Stream, string Reason)>? victims = null;
        lock (Gate)
        {
            if (_isEnded)
            {
                return;
            }

            long now = Time.GetTimestamp();
            bool isAnythingTimed = _writeStarted != 0 || IsReceivingPaused;
            if (_writeStarted != 0 && Time.GetElapsedTime(_writeStarted, now) >= Options.WriteTimeout)
            {
                error = new ForwardException(
                    ForwardError.TimedOut, $"The peer has read nothing for {Options.WriteTimeout.TotalSeconds:0.###} s.");
            }

            foreach ((_, SmuxConnection stream) in _streams)
            {
                isAnythingTimed |= Review(stream, now, ref victims);
            }

            if (!isAnythingTimed)
            {
                _isTicking = false;
                _timers[0].Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        if (error is not null)
        {
            End(error);
            return;
        }

        foreach ((SmuxConnection stream, string reason) in victims ?? [])
        {
            stream.Abort(new(reason));
        }

        Flush();
    }

    /// <summary>Does what is due for a stream. The caller holds the gate, and aborts the victims without it.</summary>
    /// <returns>Whether something will be due for it.</returns>
    private bool Review(SmuxConnection stream, long now, ref List<(SmuxConnection Stream, string Reason)>? victims)
    {
        TimeSpan passed = Time.GetElapsedTime(stream.Since, now);
        if (stream.IsLocallyClosed)
        {
            if (passed >= LingerTimeout)
            {
                stream.DropUnsent();
                Remove(stream);
            }

            return true;
        }

        TimeSpan unread = Time.GetElapsedTime(stream.LastRead, now);
        if (IsReceivingPaused && stream.Held > Options.MaxStreamShare && unread >= Options.StallTimeout)
        {
            (victims ??= []).Add((stream, $"Nobody read the {stream.Held} bytes of this stream, and all others had to wait."));
        }

        if (stream.IsDraining)
        {
            if (Options.HalfClose == SmuxHalfClose.Drain && passed >= Options.HalfCloseTimeout)
            {
                stream.WantFin();
            }

            return Options.HalfClose == SmuxHalfClose.Drain;
        }

        if (stream.HasPeerEnded && !stream.IsReadToEnd)
        {
            if (passed >= UnreadTimeout && unread >= UnreadTimeout)
            {
                (victims ??= []).Add((stream, "The peer has closed this stream, and nobody has read what it had sent."));
            }

            return true;
        }

        return false;
    }
}
