namespace GostNet.Transports.Http2;

/// <content>What happens by the clock.</content>
internal sealed partial class Http2Session
{
    /// <summary>How often it is looked whether the peer has sent anything. A client sends PING after two silent times, and gives up after
    /// another one: 30 to 45 seconds, and 15 more (transports, section 8.4).</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);

    /// <summary>How long a server keeps a session without streams, as GOST 2.8.1 does with h2.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(5);

    private const int TicksUntilPing = 2;

    private int _silentTicks;
    private int _emptyTicks;
    private volatile bool _isPingUnanswered;

    private ITimer StartTimer() => Time.CreateTimer(static session => ((Http2Session)session!).OnTick(), this, Tick, Tick);

    private void OnTick()
    {
        _emptyTicks = StreamCount == 0 ? _emptyTicks + 1 : 0;
        if (_emptyTicks > 0 && Volatile.Read(ref _isPeerGoing))
        {
            CloseSoon();
        }

        if (Profile.Role == Http2Role.Server)
        {
            if (_emptyTicks * Tick >= IdleTimeout)
            {
                CloseSoon();
            }

            return;
        }

        _silentTicks = Interlocked.Exchange(ref _hasHeardPeer, 0) == 0 ? _silentTicks + 1 : 0;
        if (_silentTicks > TicksUntilPing)
        {
            End(new ForwardException(
                ForwardError.TimedOut,
                $"The HTTP/2 peer has sent nothing for {Tick.TotalSeconds * _silentTicks:0} s, and did not answer PING."));
        }
        else if (_silentTicks == TicksUntilPing && !IsClosed)
        {
            _isPingUnanswered = true;
            lock (Gate)
            {
                Http2Codec.WritePing(
                    ReserveControl(Http2Codec.HeaderLength + Http2Codec.PingLength), Http2FrameFlags.None, (ulong)Time.GetTimestamp());
            }

            Flush();
        }
    }

    /// <summary>Has the session closed in good order, and waits for nothing.</summary>
    private void CloseSoon() => _leaving.TrySetResult();
}
