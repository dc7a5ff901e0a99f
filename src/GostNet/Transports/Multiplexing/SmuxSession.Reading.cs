using System.Runtime.CompilerServices;
using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What arrives.</content>
internal sealed partial class SmuxSession
{
    private readonly LoopSignal _resumed = new();
    private readonly List<SmuxConnection> _toWake = [];
    private uint _frameStreamId;
    private int _frameRest;
    private bool _isFrameIgnored;
    private bool _isOutOfTokens;
    private int _tokens;
    private int _isPaused;
    private int _hasHeardPeer;
    private bool _isFlushDue;
    private long _synWindow;
    private int _synCount;
    private long _ignoredFrames;

    /// <summary>How many frames of data were dropped: for streams that are not known, that were closed here, or that the peer had ended.
    /// </summary>
    public long IgnoredFrames => Volatile.Read(ref _ignoredFrames);

    /// <summary>Whether nothing is read from the connection, because the streams hold all that they may.</summary>
    public bool IsReceivingPaused => Volatile.Read(ref _isPaused) == 1;

    /// <summary>The stream that holds the most while nothing is read.</summary>
    public uint? StalledBy => IsReceivingPaused ? _streams.Values.MaxBy(stream => stream.Held)?.Id : null;

    bool IFrameSink.IsEnded => Volatile.Read(ref _isEnded);

    bool IFrameSink.IsIdle => StreamCount == 0;

    bool IFrameSink.IsPaused => _isOutOfTokens;

    private bool HasTokens => Volatile.Read(ref _tokens) > 0;

    /// <summary>Makes room for further data.</summary>
    internal void ReturnTokens(int count)
    {
        if (count > 0 && Interlocked.Add(ref _tokens, count) > 0)
        {
            ResumeReading();
        }
    }

    private async Task ReadLoopAsync()
    {
        try
        {
            int rest = await FrameReader.RunAsync(_carrier.Stream, this).ConfigureAwait(false);
            if (!Volatile.Read(ref _isEnded) && rest + _frameRest > 0)
            {
                throw ProtocolError("The peer has ended the smux session in the middle of a frame.");
            }

            End(error: null);
        }
        catch (ForwardException e)
        {
            End(e);
        }
        catch (Exception e)
        {
            End(CarrierFailed(e));
        }
    }

    /// <summary>Takes frames as long as there are some and the streams may hold more. Data need not be all of a frame's.</summary>
    /// <returns>How many bytes it took.</returns>
    int IFrameSink.TakeFrames(ReadOnlySpan<byte> source)
    {
        int position = 0;
        _isOutOfTokens = false;
        while (true)
        {
            if (_frameRest > 0)
            {
                int count = Math.Min(_frameRest, source.Length - position);
                if (count == 0)
                {
                    break;
                }

                TakeData(source.Slice(position, count));
                position += count;
                _frameRest -= count;
            }
            else if (!HasTokens)
            {
                _isOutOfTokens = true;
                break;
            }
            else if (!SmuxCodec.TryReadHeader(source[position..], out SmuxHeader header))
            {
                break;
            }
            else
            {
                if (SmuxCodec.FindFault(header, Options.Version) is { } fault)
                {
                    throw ProtocolError($"The peer has sent what is no smux frame: {fault}.");
                }

                ReadOnlySpan<byte> rest = source[(position + SmuxCodec.HeaderLength)..];
                if (header.Command == SmuxCommand.Update && rest.Length < SmuxCodec.UpdateLength)
                {
                    break;
                }

                position += SmuxCodec.HeaderLength;
                switch (header.Command)
                {
                    case SmuxCommand.Push:
                        BeginData(header);
                        break;
                    case SmuxCommand.Update:
                        TakeUpdate(header.StreamId, rest);
                        position += SmuxCodec.UpdateLength;
                        break;
                    case SmuxCommand.Syn:
                        TakeSyn(header.StreamId);
                        break;
                    case SmuxCommand.Fin:
                        TakeFin(header.StreamId);
                        break;
                    default:
                        TakeNop(header.StreamId);
                        break;
                }
            }

            Volatile.Write(ref _hasHeardPeer, 1);
        }

        // Readers are woken once for all frames that were here, and so find more, and straight in their own buffers.
        foreach (SmuxConnection stream in _toWake)
        {
            stream.Input.IsToBeWoken = false;
            if (stream.Input.Wake() > 0)
            {
                SendUpdate(stream, flush: false);
            }
        }

        _toWake.Clear();
        if (_isFlushDue)
        {
            _isFlushDue = false;
            Flush();
        }

        return position;
    }

    private void BeginData(SmuxHeader header)
    {
        _frameStreamId = header.StreamId;
        _frameRest = header.Length;
        _isFrameIgnored = false;
        if (_version == 2 && _streams.TryGetValue(header.StreamId, out SmuxConnection? stream)
            && !stream.MayReceive(header.Length, Math.Max(SmuxSendWindow.Initial, Options.StreamBuffer)))
        {
            throw ProtocolError($"The peer has sent more on smux stream {header.StreamId} than its window allows.");
        }
    }

    private void TakeData(ReadOnlySpan<byte> data)
    {
        if (_streams.TryGetValue(_frameStreamId, out SmuxConnection? stream))
        {
            bool isTaken = stream.Receive(data, out int kept, out bool isUpdateDue);
            if (isUpdateDue)
            {
                SendUpdate(stream, flush: false);
            }

            if (isTaken)
            {
                Interlocked.Add(ref _tokens, -kept);
                NoteData(stream);
                return;
            }
        }

        if (!_isFrameIgnored)
        {
            _isFrameIgnored = true; // a frame counts once, however many pieces it comes in
            Interlocked.Increment(ref _ignoredFrames);
        }
    }

    private void NoteData(SmuxConnection stream)
    {
        if (stream.IsDraining)
        {
            stream.Since = Time.GetTimestamp();
        }

        WakeLater(stream);
    }

    private void WakeLater(SmuxConnection stream)
    {
        if (!stream.Input.IsToBeWoken)
        {
            stream.Input.IsToBeWoken = true;
            _toWake.Add(stream);
        }
    }

    private void TakeUpdate(uint streamId, ReadOnlySpan<byte> payload)
    {
        SmuxCodec.TryReadUpdate(payload, out uint consumed, out uint window);
        if (!_streams.TryGetValue(streamId, out SmuxConnection? stream))
        {
            return;
        }

        bool isRight;
        lock (Gate)
        {
            isRight = stream.TryUpdate(consumed, window);
        }

        if (!isRight)
        {
            stream.Abort(new($"The peer claims to have read more of smux stream {streamId} than was sent."));
        }

        _isFlushDue = true;
    }

    private void TakeSyn(uint streamId)
    {
        lock (Gate)
        {
            if (_isEnded || _streams.ContainsKey(streamId))
            {
                return;
            }

            CountSyn();
            bool isOurs = (streamId & 1) == (_role == SmuxRole.Client ? 1u : 0u);
            if (!isOurs && !_isClosing && _openStreams < Options.MaxStreams)
            {
                SmuxConnection stream = new(this, streamId);
                Add(stream);
                if (_accepted.Writer.TryWrite(stream))
                {
                    return;
                }

                _finsOwed--;
                Remove(stream);
            }

            // All refusals could wait for a peer that does not read; then it is no peer.
            if (_control.Count >= 2 * Options.MaxStreams)
            {
                throw ProtocolError("The peer opens smux streams faster than it reads that they are refused.");
            }

            _control.Enqueue(new(SmuxCommand.Fin, streamId, null));
            _isFlushDue = true;
        }
    }

    private void CountSyn()
    {
        long now = Time.GetTimestamp();
        if (_synCount == 0 || Time.GetElapsedTime(_synWindow, now) >= TimeSpan.FromSeconds(1))
        {
            _synWindow = now;
            _synCount = 0;
        }

        if (++_synCount > Options.SynRateLimit)
        {
            throw ProtocolError($"The peer opens more than {Options.SynRateLimit} smux streams a second.");
        }
    }

    private void TakeFin(uint streamId)
    {
        if (_streams.TryGetValue(streamId, out SmuxConnection? stream) && stream.Input.End())
        {
            lock (Gate)
            {
                stream.PeerEnded();
            }

            WakeLater(stream);
            _isFlushDue = true;
        }
    }

    private void TakeNop(uint streamId)
    {
        if (streamId != HalfCloseMark)
        {
            return;
        }

        lock (Gate)
        {
            if (!PeerHalfCloses)
            {
                PeerHalfCloses = true;
                foreach ((_, SmuxConnection stream) in _streams)
                {
                    if (stream.IsDraining)
                    {
                        stream.WantFin();
                    }
                }
            }

            _isHelloAsked = true;
        }

        _isFlushDue = true;
    }

    /// <summary>Waits while the streams hold all that they may, and the session has not ended.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    async ValueTask IFrameSink.WaitForResumeAsync()
    {
        while (!HasTokens && !Volatile.Read(ref _isEnded))
        {
            lock (Gate)
            {
                StartTicking();
            }

            Interlocked.Exchange(ref _isPaused, 1);
            if (HasTokens || Volatile.Read(ref _isEnded))
            {
                ResumeReading(); // who returned the tokens may not have seen the pause
            }

            await _resumed.WaitAsync().ConfigureAwait(false);
            Volatile.Write(ref _hasHeardPeer, 1); // it was not listened to
        }
    }

    private void ResumeReading()
    {
        if (IsReceivingPaused && Interlocked.CompareExchange(ref _isPaused, 0, 1) == 1)
        {
            _resumed.Set();
        }
    }

    private static ForwardException ProtocolError(string message) => new(ForwardError.ProtocolError, message);
}
