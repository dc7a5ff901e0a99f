using System.Buffers;
using System.Buffers.Binary;
using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <content>What arrives.</content>
internal sealed partial class Http2Session
{
    // What a peer that is being left may still send.
    private const int MaxFarewell = 1024 * 1024;

    private readonly HpackDecoder _decoder = new();
    private readonly List<HeaderField> _fields = [];
    private readonly List<Http2Connection> _toWake = [];
    private readonly ArrayBufferWriter<byte> _block = new();
    private Http2FrameHeader _headers;
    private Http2FrameHeader _frame;
    private Http2Connection? _dataStream;
    private Http2ErrorCode _faultCode;
    private int _continuations;
    private int _dataRest;
    private int _paddingRest;
    private int _uncredited;
    private int _sessionRoom = Http2Profile.SessionWindow;
    private long _held;
    private int _isCreditWithheld;
    private int _hasHeardPeer;
    private uint _lastPeerStreamId;
    private bool _isGreeted;
    private bool _isFlushDue;
    private bool _isFarewellDue;
    private long _ignoredFrames;

    /// <summary>How many frames came for streams that were over, or that nobody here knows.</summary>
    public long IgnoredFrames => Volatile.Read(ref _ignoredFrames);

    /// <summary>How many bytes all streams hold unread.</summary>
    public long Held => Volatile.Read(ref _held);

    bool IFrameSink.IsEnded => Volatile.Read(ref _isEnded);

    bool IFrameSink.IsIdle => StreamCount == 0;

    /// <summary>Makes room for further data.</summary>
    internal void ReturnHeld(int count)
    {
        if (count > 0 && Interlocked.Add(ref _held, -count) <= Profile.ReceiveBudget && Volatile.Read(ref _isCreditWithheld) == 1
            && CreditSession())
        {
            Flush();
        }
    }

    private async Task ReadLoopAsync()
    {
        try
        {
            int rest = await FrameReader.RunAsync(_carrier.Stream, this).ConfigureAwait(false);
            if (!IsClosed && rest + _dataRest + _paddingRest > 0)
            {
                throw Fault(Http2ErrorCode.ProtocolError, "has ended the session in the middle of a frame");
            }

            End(error: null);
        }
        catch (ForwardException e)
        {
            await FailAsync(e).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            End(CarrierFailed(e));
        }
    }

    /// <summary>Takes frames as long as there are some. Data need not be all of a frame's; all others are whole.</summary>
    /// <returns>How many bytes it took.</returns>
    int IFrameSink.TakeFrames(ReadOnlySpan<byte> source)
    {
        Volatile.Write(ref _hasHeardPeer, 1);
        int position = 0;
        try
        {
            while (TryTakePart(source[position..], out int count))
            {
                position += count;
            }
        }
        finally
        {
            WakeReaders(); // also of what came before a fault: some of their streams are over, and not known any more
        }

        if (_isFlushDue)
        {
            _isFlushDue = false;
            Flush();
        }

        if (_isFarewellDue)
        {
            _isFarewellDue = false;
            CloseSoon();
        }

        return position;
    }

    /// <summary>Wakes readers once for all frames that were here, so that they find more, and straight in their own buffers.</summary>
    private void WakeReaders()
    {
        foreach (Http2Connection stream in _toWake)
        {
            stream.Input.IsToBeWoken = false;
            if (stream.Input.Wake() is > 0 and var credit)
            {
                SendStreamCredit(stream, credit, flush: false);
            }
        }

        _toWake.Clear();
    }

    /// <summary>Takes a frame, or a part of one that is data.</summary>
    private bool TryTakePart(ReadOnlySpan<byte> source, out int count)
    {
        count = 0;
        if (_dataRest > 0)
        {
            count = Math.Min(_dataRest, source.Length);
            _dataRest -= count;
            TakeData(source[..count]);
            return count > 0;
        }

        if (_paddingRest > 0)
        {
            count = Math.Min(_paddingRest, source.Length);
            _paddingRest -= count;
            TakePadding(count);
            return count > 0;
        }

        if (!Http2Codec.TryReadHeader(source, out Http2FrameHeader header))
        {
            return false;
        }

        if (!_isGreeted && (header.Type != Http2FrameType.Settings || header.Has(Http2Codec.Ack)))
        {
            throw Fault(
                Http2ErrorCode.ProtocolError,
                source.StartsWith("HTTP/1."u8) ? "speaks HTTP/1, not HTTP/2" : "has begun with something other than SETTINGS of HTTP/2");
        }

        if (Http2Codec.FindFault(header, Http2Codec.MinMaxFrameSize, out Http2ErrorCode code) is { } fault)
        {
            throw Fault(code, $"has sent what is no frame: {fault}");
        }

        if (_headers.StreamId != 0
            && (header.Type != Http2FrameType.Continuation || header.StreamId != _headers.StreamId))
        {
            throw Fault(Http2ErrorCode.ProtocolError, "has broken a block of fields off with another frame");
        }

        ReadOnlySpan<byte> payload = source[Http2Codec.HeaderLength..];
        if (header.Type == Http2FrameType.Data)
        {
            int prefix = header.Has(Http2FrameFlags.Padded) ? 1 : 0;
            if (payload.Length < prefix)
            {
                return false;
            }

            count = Http2Codec.HeaderLength + prefix;
            BeginData(header, prefix == 0 ? 0 : payload[0], prefix);
            return true;
        }

        if (payload.Length < header.Length)
        {
            return false;
        }

        count = Http2Codec.HeaderLength + header.Length;
        TakeFrame(header, payload[..header.Length]);
        return true;
    }

    private void TakeFrame(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case Http2FrameType.Headers:
                BeginHeaders(header, payload);
                break;
            case Http2FrameType.Continuation:
                ContinueHeaders(header, payload);
                break;
            case Http2FrameType.ResetStream:
                TakeReset(header.StreamId, Http2Codec.ReadErrorCode(payload));
                break;
            case Http2FrameType.Settings:
                TakeSettings(header, payload);
                break;
            case Http2FrameType.PushPromise:
                throw Fault(Http2ErrorCode.ProtocolError, "has announced a stream, which was not allowed");
            case Http2FrameType.Ping:
                TakePing(header, payload);
                break;
            case Http2FrameType.GoAway:
                TakeGoAway(payload);
                break;
            case Http2FrameType.WindowUpdate:
                TakeWindowUpdate(header.StreamId, Http2Codec.ReadIncrement(payload));
                break;
            default:
                CountChatter(); // PRIORITY, and what nobody knows
                break;
        }

        if (_controlEnd > MaxPendingControl)
        {
            throw Fault(Http2ErrorCode.EnhanceYourCalm, "makes this end answer, and does not read the answers");
        }
    }

    private void BeginData(Http2FrameHeader header, int padding, int prefix)
    {
        if (padding + prefix > header.Length)
        {
            throw Fault(Http2ErrorCode.ProtocolError, "has sent DATA with more padding than there is room for");
        }

        _frame = header;
        _paddingRest = padding;
        _dataRest = header.Length - padding - prefix;
        CountEmptyData(_dataRest == 0 && !header.Has(Http2FrameFlags.EndStream));
        lock (Gate)
        {
            _sessionRoom -= header.Length;
        }

        if (_sessionRoom < 0)
        {
            throw Fault(Http2ErrorCode.FlowControlError, "has sent more than the window of the session allows");
        }

        if (FindStream(header.StreamId) is { } stream && !stream.HasPeerEnded)
        {
            if (!stream.MayReceive(header.Length))
            {
                throw Fault(Http2ErrorCode.FlowControlError, $"has sent more on stream {header.StreamId} than its window allows");
            }

            _dataStream = stream;
            if (prefix > 0)
            {
                TakePadding(prefix);
            }
        }
        else
        {
            CountIgnored();
            Credit(prefix);
        }

        EndDataIfDue();
    }

    private void TakeData(ReadOnlySpan<byte> data)
    {
        if (_dataStream is { } stream && stream.Receive(data, out int kept))
        {
            Interlocked.Add(ref _held, kept);
            WakeLater(stream);
        }

        Credit(data.Length);
        EndDataIfDue();
    }

    private void TakePadding(int count)
    {
        if (_dataStream is { } stream && stream.SkipPadding(count) is > 0 and var credit)
        {
            SendStreamCredit(stream, credit, flush: false);
        }

        Credit(count);
        EndDataIfDue();
    }

    private void EndDataIfDue()
    {
        if (_dataRest + _paddingRest > 0)
        {
            return;
        }

        if (_dataStream is { } stream && _frame.Has(Http2FrameFlags.EndStream))
        {
            TakeEnd(stream);
        }

        _dataStream = null;
    }

    private void TakeEnd(Http2Connection stream)
    {
        stream.PeerEnded();
        WakeLater(stream);
        _isFlushDue = true;
    }

    /// <summary>Counts what arrived, and allows the peer as much again at times.</summary>
    private void Credit(int count)
    {
        _uncredited += count;
        if (_uncredited >= Http2Profile.SessionWindow / 2)
        {
            _isFlushDue |= CreditSession();
        }
    }

    /// <summary>Allows the peer more data, unless too much is held unread already.</summary>
    private bool CreditSession()
    {
        lock (Gate)
        {
            int count = Http2Profile.SessionWindow - _sessionRoom - _dataRest - _paddingRest;
            if (count < Http2Profile.SessionWindow / 2)
            {
                return false;
            }

            Volatile.Write(ref _isCreditWithheld, 1);
            if (Volatile.Read(ref _held) > Profile.ReceiveBudget)
            {
                return false;
            }

            Volatile.Write(ref _isCreditWithheld, 0);
            _uncredited = 0;
            _sessionRoom += count;
            Http2Codec.WriteWindowUpdate(ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), 0, count);
            return true;
        }
    }

    private void BeginHeaders(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (!Http2Codec.TryReadHeaders(header, payload, out ReadOnlySpan<byte> block))
        {
            throw Fault(Http2ErrorCode.ProtocolError, "has sent HEADERS with more padding than there is room for");
        }

        if (header.Has(Http2FrameFlags.EndHeaders))
        {
            TakeHeaders(header, block);
            return;
        }

        _headers = header;
        _continuations = 0;
        _block.Write(block);
    }

    private void ContinueHeaders(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (_headers.StreamId == 0)
        {
            throw Fault(Http2ErrorCode.ProtocolError, "has sent CONTINUATION of nothing");
        }

        if (++_continuations > MaxContinuations)
        {
            throw Fault(Http2ErrorCode.EnhanceYourCalm, $"has sent a head in more than {MaxContinuations} continuations");
        }

        _block.Write(payload);
        if (header.Has(Http2FrameFlags.EndHeaders))
        {
            Http2FrameHeader headers = _headers;
            _headers = default;
            TakeHeaders(headers, _block.WrittenSpan);
            _block.ResetWrittenCount();
        }
    }

    private void TakeHeaders(Http2FrameHeader header, ReadOnlySpan<byte> block)
    {
        // Every block has to be read, or else no later one can be.
        _fields.Clear();
        HpackResult result = _decoder.Decode(block, Http2Profile.MaxHeaderListSize, _fields);
        if (result == HpackResult.Malformed)
        {
            throw Fault(Http2ErrorCode.CompressionError, "has sent a block of fields that cannot be read");
        }

        _isFlushDue = true;
        if ((header.StreamId & 1) == 0)
        {
            throw Fault(Http2ErrorCode.ProtocolError, $"has used stream {header.StreamId}, which nobody may open");
        }

        bool isEnd = header.Has(Http2FrameFlags.EndStream);
        if (Profile.Role == Http2Role.Server && header.StreamId > _lastPeerStreamId)
        {
            _lastPeerStreamId = header.StreamId;
            TakeRequest(header.StreamId, isEnd, result);
        }
        else if (FindStream(header.StreamId) is not { } stream)
        {
            CountIgnored();
        }
        else if (stream.IsWaitingForResponse)
        {
            TakeResponse(stream, isEnd, result);
        }
        else if (isEnd)
        {
            TakeEnd(stream); // trailers, which say nothing to a tunnel
        }
        else
        {
            Reset(stream, Http2ErrorCode.ProtocolError, "The peer has sent a second head.");
        }
    }

    private void TakeRequest(uint streamId, bool isEnd, HpackResult result)
    {
        bool isWellFormed = Http2Heads.TryReadRequest(_fields, out RequestHead request);
        Http2Connection? stream = null;
        lock (Gate)
        {
            if (_isEnded || _isClosing)
            {
                return; // the peer was told that this one is not served
            }

            if (_openStreams >= Http2Profile.MaxStreams)
            {
                RefuseStream(streamId);
            }
            else if (result == HpackResult.TooLarge)
            {
                Refuse(431, streamId, isEnd);
            }
            else if (!isWellFormed)
            {
                SendReset(streamId, Http2ErrorCode.ProtocolError);
            }
            else if (Profile.AcceptsTunnels && FindTunnelRefusal(request) is { } status)
            {
                Refuse(status, streamId, isEnd);
            }
            else
            {
                stream = new(this, request) { Id = streamId, IsListed = true };
                stream.OpenWindow(_peerStreamWindow);
                _streams[streamId] = stream;
                _openStreams++;
                if (!_accepted.Writer.TryWrite(stream))
                {
                    RefuseStream(streamId);
                    Remove(stream);
                    stream = null;
                }
                else if (Profile.AcceptsTunnels)
                {
                    stream.SendResponse(Tunnel, isLast: false);
                }
            }
        }

        if (stream is null)
        {
            CountReset();
        }
        else if (isEnd)
        {
            TakeEnd(stream);
        }
    }

    private int? FindTunnelRefusal(RequestHead request) =>
        Profile.TunnelPath is { } path ? (request.Path == path ? null : 400)
        : request.Method == "CONNECT" ? null : 405;

    private void RefuseStream(uint streamId) => SendReset(streamId, Http2ErrorCode.RefusedStream);

    private void Refuse(int statusCode, uint streamId, bool isEnd)
    {
        SendHeaders(streamId, Http2Heads.Write(new ResponseHead(statusCode, [])), Http2FrameFlags.EndStream);
        if (!isEnd)
        {
            SendReset(streamId, Http2ErrorCode.NoError); // RFC 9113, section 8.1: no need to send more
        }
    }

    private void TakeResponse(Http2Connection stream, bool isEnd, HpackResult result)
    {
        if (result == HpackResult.TooLarge || !Http2Heads.TryReadResponse(_fields, out ResponseHead response)
            || (isEnd && response.StatusCode < 200) || response.StatusCode == 101)
        {
            Reset(stream, Http2ErrorCode.ProtocolError, "The peer has answered with a malformed head.");
        }
        else if (response.StatusCode >= 200)
        {
            stream.TakeResponse(response);
            if (isEnd)
            {
                TakeEnd(stream);
            }
        }
        else
        {
            CountChatter(); // 1xx
        }
    }

    private void TakeReset(uint streamId, Http2ErrorCode code)
    {
        if (FindStream(streamId) is not { } stream)
        {
            CountIgnored();
            return;
        }

        if (!stream.HasCarried)
        {
            CountReset();
        }

        stream.PeerReset(code);
        WakeLater(stream);
    }

    private void TakeSettings(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Has(Http2Codec.Ack))
        {
            CountQuestion();
            return;
        }

        if (_isGreeted)
        {
            CountQuestion();
        }

        _isGreeted = true;
        _isFlushDue = true;
        lock (Gate)
        {
            for (; !payload.IsEmpty; payload = payload[Http2Codec.SettingLength..])
            {
                (Http2SettingId id, uint value) = Http2Codec.ReadSetting(payload);
                TakeSetting(id, value);
            }

            Http2Codec.WriteSettingsAck(ReserveControl(Http2Codec.HeaderLength));
        }
    }

    private void TakeSetting(Http2SettingId id, uint value)
    {
        switch (id)
        {
            case Http2SettingId.HeaderTableSize:
                _mustGiveUpTable |= value < HpackDecoder.MaxTableSize;
                break;
            case Http2SettingId.EnablePush when value > (Profile.Role == Http2Role.Server ? 1 : 0):
                throw Fault(Http2ErrorCode.ProtocolError, $"has set ENABLE_PUSH to {value}");
            case Http2SettingId.MaxConcurrentStreams:
                Volatile.Write(ref _peerMaxStreams, value);
                break;
            case Http2SettingId.InitialWindowSize:
                if (value > Http2Codec.MaxWindow)
                {
                    throw Fault(Http2ErrorCode.FlowControlError, $"has set a window of {value} bytes");
                }

                int change = (int)value - _peerStreamWindow;
                _peerStreamWindow = (int)value;
                foreach ((_, Http2Connection stream) in _streams)
                {
                    if (!stream.TryWiden(change))
                    {
                        throw Fault(Http2ErrorCode.FlowControlError, "has set a window that makes another one too large");
                    }
                }

                break;
            case Http2SettingId.MaxFrameSize:
                if (value is < Http2Codec.MinMaxFrameSize or > Http2Codec.MaxMaxFrameSize)
                {
                    throw Fault(Http2ErrorCode.ProtocolError, $"has set MAX_FRAME_SIZE to {value}");
                }

                _peerMaxFrameSize = (int)value;
                break;
        }
    }

    private void TakePing(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Has(Http2Codec.Ack))
        {
            if (!_isPingUnanswered)
            {
                CountQuestion();
            }

            _isPingUnanswered = false;
            return;
        }

        CountQuestion();
        lock (Gate)
        {
            Http2Codec.WritePing(
                ReserveControl(Http2Codec.HeaderLength + Http2Codec.PingLength),
                Http2Codec.Ack,
                BinaryPrimitives.ReadUInt64BigEndian(payload));
        }

        _isFlushDue = true;
    }

    private void TakeGoAway(ReadOnlySpan<byte> payload)
    {
        (uint lastStreamId, Http2ErrorCode code) = Http2Codec.ReadGoAway(payload);
        lock (Gate)
        {
            Volatile.Write(ref _isPeerGoing, true); // no stream is opened from here on
        }

        if (Profile.Role == Http2Role.Client)
        {
            StreamFault fault = new($"The peer goes away ({code}), and has not taken this stream.");
            foreach ((uint id, Http2Connection stream) in _streams)
            {
                if (id > lastStreamId)
                {
                    stream.Fail(fault);
                }
            }
        }

        _isFarewellDue |= StreamCount == 0;
    }

    private void TakeWindowUpdate(uint streamId, int increment)
    {
        _isFlushDue = true;
        if (streamId == 0)
        {
            if (increment == 0)
            {
                throw Fault(Http2ErrorCode.ProtocolError, "has widened the window of the session by nothing");
            }

            lock (Gate)
            {
                _sendWindow += increment;
                Unblock();
            }

            if (_sendWindow > Http2Codec.MaxWindow)
            {
                throw Fault(Http2ErrorCode.FlowControlError, "has made the window of the session too large");
            }

            return;
        }

        if (FindStream(streamId) is not { } stream)
        {
            CountIgnored();
            return;
        }

        bool isRight;
        lock (Gate)
        {
            isRight = increment > 0 && stream.TryWiden(increment);
        }

        if (!isRight)
        {
            Reset(
                stream,
                increment == 0 ? Http2ErrorCode.ProtocolError : Http2ErrorCode.FlowControlError,
                "The peer has widened the window of the stream by nothing, or too far.");
        }
    }

    /// <summary>Ends a stream for a fault of the peer's. Those count: to make this end reset is as cheap as to reset.</summary>
    private void Reset(Http2Connection stream, Http2ErrorCode code, string message)
    {
        stream.Reset(code, message);
        CountReset();
    }

    /// <summary>Finds a stream that is open.</summary>
    /// <returns>It, or <see langword="null"/> if it is over.</returns>
    /// <exception cref="ForwardException">Nobody has opened it yet.</exception>
    private Http2Connection? FindStream(uint streamId)
    {
        bool isIdle = (streamId & 1) == 0
            || (Profile.Role == Http2Role.Server ? streamId > _lastPeerStreamId : streamId >= NextStreamId);
        return isIdle
            ? throw Fault(Http2ErrorCode.ProtocolError, $"has used stream {streamId}, which is not open")
            : _streams.GetValueOrDefault(streamId);
    }

    private void WakeLater(Http2Connection stream)
    {
        if (!stream.Input.IsToBeWoken)
        {
            stream.Input.IsToBeWoken = true;
            _toWake.Add(stream);
        }
    }

    /// <summary>A fault of the peer's that ends the session, in words that follow "the peer …".</summary>
    private ForwardException Fault(Http2ErrorCode code, string what)
    {
        _faultCode = code;
        return new(ForwardError.ProtocolError, $"The HTTP/2 peer {what}.");
    }
}
