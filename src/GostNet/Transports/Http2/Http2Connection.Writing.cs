using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <content>What leaves, and what state the stream is in. All of it is guarded by the session's gate.</content>
internal sealed partial class Http2Connection
{
    /// <summary>What a turn may write beside data: its header, and END_STREAM and RST_STREAM if that was all.</summary>
    public const int MaxFrameOverhead = (3 * Http2Codec.HeaderLength) + Http2Codec.WordLength;

    private StreamFault? _peerIsGone;
    private long _sendWindow;
    private bool _isAnswered;
    private bool _writesEnded;
    private bool _isEndSent;
    private bool _isGoneInGoodOrder;

    /// <summary>Whether the application has closed or aborted this end.</summary>
    public bool IsLocallyClosed { get; private set; }

    /// <summary>Whether the peer has ended its direction, or the stream.</summary>
    public bool HasPeerEnded { get; private set; }

    /// <summary>Whether the session knows this stream by its id.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether the session counts this stream.</summary>
    public bool IsCounted { get; set; } = true;

    /// <summary>Whether any data was sent: the stream has served a purpose.</summary>
    public bool HasCarried { get; private set; }

    /// <summary>Whether there is data for which the stream has a window, and the session had none.</summary>
    public bool IsWaitingForSession { get; private set; }

    public bool HasFrame => IsListed && (_output.IsWriting ? _sendWindow > 0 && !IsWaitingForSession : _writesEnded && !_isEndSent);

    /// <summary>Sends everything. It is done when the session has taken the last byte to send it next.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        _output.WriteAsync(data, cancellationToken);

    /// <summary>Ends the write direction with END_STREAM.</summary>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_session.Gate)
        {
            if (IsLocallyClosed)
            {
                return ValueTask.FromException(Input.Fault!.ToException());
            }

            if (_writesEnded || _isGoneInGoodOrder)
            {
                return ValueTask.CompletedTask; // a peer that has closed the stream needs no end of it
            }

            if (FindRefusal() is { } refusal)
            {
                return ValueTask.FromException(refusal);
            }

            _writesEnded = true;
            _output.Offer();
        }

        _session.Flush();
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes the next frame, and the end of the stream if that is all there was. The caller holds the gate.</summary>
    /// <param name="destination">Room for the longest frame, and <see cref="MaxFrameOverhead"/>.</param>
    /// <param name="limit">How much data there may be.</param>
    /// <param name="dataLength">How much there is.</param>
    /// <returns>How many bytes it wrote.</returns>
    public int TakeFrame(Span<byte> destination, int limit, out int dataLength)
    {
        _output.IsOffered = false;
        dataLength = 0;
        int position = 0;
        if (!HasFrame)
        {
            return 0;
        }

        if (_output.IsWriting)
        {
            dataLength = (int)Math.Min(_sendWindow, Math.Min(_output.Unsent, limit));
            if (dataLength == 0)
            {
                IsWaitingForSession = true;
                return 0;
            }

            position = Http2Codec.WriteHeader(destination, new(dataLength, Http2FrameType.Data, Http2FrameFlags.None, Id));
            _output.Take(destination.Slice(position, dataLength));
            position += dataLength;
            _sendWindow -= dataLength;
            HasCarried = true;
        }

        if (_writesEnded && !_output.IsWriting)
        {
            position += Http2Codec.WriteHeader(
                destination[position..], new(0, Http2FrameType.Data, Http2FrameFlags.EndStream, Id));
            _isEndSent = true;
            if (IsLocallyClosed && !HasPeerEnded)
            {
                position += Http2Codec.WriteReset(destination[position..], Id, ClosingCode);
                HasPeerEnded = true;
            }

            Settle();
        }

        _output.Offer();
        return position;
    }

    /// <summary>Sets what the peer allows at first. The caller holds the gate.</summary>
    public void OpenWindow(int count) => _sendWindow = count;

    /// <summary>Takes what the peer allows in addition, or less. The caller holds the gate.</summary>
    /// <returns>False if that is more than a window can be.</returns>
    public bool TryWiden(int count)
    {
        _sendWindow += count;
        _output.Offer();
        return _sendWindow <= Http2Codec.MaxWindow;
    }

    /// <summary>The session has a window again. The caller holds the gate.</summary>
    public void SessionUnblocked()
    {
        IsWaitingForSession = false;
        _output.Offer();
    }

    /// <summary>Sends the answer to the request. The caller holds the gate, and flushes without it.</summary>
    public void SendResponse(ResponseHead response, bool isLast)
    {
        _isAnswered = true;
        _session.SendHeaders(Id, Http2Heads.Write(response), isLast ? Http2FrameFlags.EndStream : Http2FrameFlags.None);
        if (isLast)
        {
            _writesEnded = _isEndSent = true;
            Settle();
        }
    }

    public Exception? FindRefusal() => FindEnd() ?? (_isAnswered ? null : throw new InvalidOperationException(NotAsked));

    void IStreamOutputOwner.OnOffer() => _session.Offer(this);

    private Http2ErrorCode ClosingCode => !_isAnswered ? Http2ErrorCode.InternalError
        : _request is null ? Http2ErrorCode.Cancel
        : Http2ErrorCode.NoError;

    private void CloseWriting()
    {
        lock (_session.Gate)
        {
            if (IsLocallyClosed)
            {
                return;
            }

            IsLocallyClosed = true;
            if (!IsListed)
            {
                _session.Remove(this);
                return;
            }

            bool isCutShort = _output.IsWriting || !_isAnswered;
            _output.Fail(StreamFault.Disposed.ToException());
            if (isCutShort || _isEndSent)
            {
                _session.SendReset(Id, isCutShort && _isAnswered ? Http2ErrorCode.Cancel : ClosingCode);
                _session.Remove(this);
            }
            else
            {
                _writesEnded = true;
                _output.Offer();
            }
        }

        _session.Flush();
    }

    private void EndWriting(StreamFault fault, bool isClean)
    {
        lock (_session.Gate)
        {
            _peerIsGone ??= fault;
            _isGoneInGoodOrder |= isClean;
            HasPeerEnded = true;
            _output.Fail(fault.ToException());
            _session.Remove(this);
        }
    }

    /// <summary>Looks whether the stream is over. The caller holds the gate.</summary>
    private void Settle()
    {
        if (HasPeerEnded && _isEndSent)
        {
            _session.Remove(this);
        }
    }

    private Exception? FindEnd() =>
        _peerIsGone is { } gone ? gone.ToException()
        : IsLocallyClosed ? Input.Fault!.ToException()
        : _writesEnded ? new IOException("The write direction has ended.")
        : null;
}
