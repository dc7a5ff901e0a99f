namespace GostNet.Transports.Http2;

/// <content>What a peer may do only so often (transports, section 10): it costs this end more than the peer.</content>
internal sealed partial class Http2Session
{
    private const int MaxContinuations = 4;
    private const int MaxQuestionsPerSecond = 10;
    private const int MaxResetsPerSecond = 100;
    private const int MaxEmptyData = 100;

    // Frames that are ignored, of whatever kind. GOST sends two WINDOW_UPDATE for each read, and so many that come late.
    private const int MaxChatterPerSecond = 10_000;

    private static readonly ResponseHead Tunnel = new(200, []);

    private long _second;
    private int _questions;
    private int _resets;
    private int _finishedStreams;
    private int _chatter;
    private int _emptyData;

    /// <summary>PING and SETTINGS, which have to be answered.</summary>
    private void CountQuestion()
    {
        BeginSecondIfDue();
        if (++_questions > MaxQuestionsPerSecond)
        {
            throw Fault(Http2ErrorCode.EnhanceYourCalm, $"has sent more than {MaxQuestionsPerSecond} PING or SETTINGS in a second");
        }
    }

    /// <summary>Streams that were opened for nothing: refused, or reset before anything was sent on them. Those that served a purpose
    /// make up for as many.</summary>
    private void CountReset()
    {
        BeginSecondIfDue();
        if (++_resets - Volatile.Read(ref _finishedStreams) > MaxResetsPerSecond)
        {
            throw Fault(Http2ErrorCode.EnhanceYourCalm, $"has opened more than {MaxResetsPerSecond} streams for nothing in a second");
        }
    }

    private void CountChatter()
    {
        BeginSecondIfDue();
        if (++_chatter > MaxChatterPerSecond)
        {
            throw Fault(Http2ErrorCode.EnhanceYourCalm, $"has sent more than {MaxChatterPerSecond} useless frames in a second");
        }
    }

    private void CountIgnored()
    {
        Interlocked.Increment(ref _ignoredFrames);
        CountChatter();
    }

    private void CountEmptyData(bool isEmpty)
    {
        _emptyData = isEmpty ? _emptyData + 1 : 0;
        if (_emptyData > MaxEmptyData)
        {
            throw Fault(Http2ErrorCode.EnhanceYourCalm, $"has sent more than {MaxEmptyData} empty frames of data in a row");
        }
    }

    private void BeginSecondIfDue()
    {
        long now = Time.GetTimestamp();
        if (_second == 0 || Time.GetElapsedTime(_second, now) >= TimeSpan.FromSeconds(1))
        {
            (_second, _questions, _resets, _chatter) = (now, 0, 0, 0);
            Volatile.Write(ref _finishedStreams, 0);
        }
    }
}
