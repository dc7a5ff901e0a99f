using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <content>What arrives.</content>
internal sealed partial class Http2Connection
{
    // What the peer may still send, and what was read of it and not allowed again.
    private int _receiveWindow;
    private int _uncredited;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => Input.ReadAsync(buffer, cancellationToken);

    /// <summary>Takes the length of a frame off the window.</summary>
    /// <returns>False if the window does not allow it.</returns>
    public bool MayReceive(int count)
    {
        lock (Input.Gate)
        {
            _receiveWindow -= count;
            return _receiveWindow >= 0;
        }
    }

    /// <summary>Takes data: straight into the buffer of a waiting reader if there is one, else into the stream's own.</summary>
    /// <param name="data">Some or all of a frame's data.</param>
    /// <param name="kept">How many bytes the stream's own buffer took.</param>
    /// <returns>False if the data was dropped, because this end has said that it wants no more.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out int kept)
    {
        kept = 0;
        lock (Input.Gate)
        {
            if (Input.Fault is not null)
            {
                return false;
            }

            kept = Input.Append(data);
            return true;
        }
    }

    /// <summary>Takes padding, which is as good as read.</summary>
    /// <returns>What is to be allowed the peer, or 0.</returns>
    public int SkipPadding(int count)
    {
        lock (Input.Gate)
        {
            return Consume(count);
        }
    }

    /// <summary>Notes the end of the peer's direction. The read loop wakes the reader.</summary>
    public void PeerEnded()
    {
        Input.End();
        lock (_session.Gate)
        {
            HasPeerEnded = true;
            Settle();
        }
    }

    /// <summary>Takes RST_STREAM. What has arrived can still be read. The read loop wakes the reader.</summary>
    public void PeerReset(Http2ErrorCode code)
    {
        StreamFault fault = new($"The peer has reset the stream ({code}).");
        bool isClean = code is Http2ErrorCode.NoError or Http2ErrorCode.Cancel;
        if (isClean)
        {
            Input.End();
        }
        else
        {
            Input.Fail(fault);
        }

        _response?.TrySetException(new ForwardException(
            code == Http2ErrorCode.Http11Required ? ForwardError.ProtocolError : ForwardError.ConnectionClosed,
            $"The HTTP/2 peer has reset the stream in place of an answer ({code})."));
        EndWriting(fault, isClean);
    }

    /// <summary>The stream ended otherwise than by its peer's wish, and nobody need be told. What arrived can still be read; unless the
    /// peer had ended the stream, a failure follows.</summary>
    public void Fail(StreamFault fault)
    {
        Input.Fail(fault);
        Input.Wake();
        _response?.TrySetException(new ForwardException(ForwardError.ConnectionClosed, fault.Message!, fault.Cause));
        EndWriting(fault, isClean: false);
    }

    /// <summary>Counts what the application has read. The caller holds the gate of <see cref="Input"/>.</summary>
    /// <returns>What the peer is to be allowed: nothing until it is half of the window.</returns>
    public int Consume(int count)
    {
        _uncredited += count;
        if (_uncredited < _session.Profile.StreamWindow / 2 || Input.HasEnded || Input.Fault is not null)
        {
            return 0;
        }

        int credit = _uncredited;
        _receiveWindow += credit;
        _uncredited = 0;
        return credit;
    }

    void IStreamInputOwner.OnRead(int count, int credit)
    {
        _session.ReturnHeld(count);
        if (credit > 0)
        {
            _session.SendStreamCredit(this, credit, flush: true);
        }
    }

    private void CloseReading(StreamFault fault)
    {
        int dropped = Input.Close(fault);
        _response?.TrySetCanceled();
        _session.ReturnHeld(dropped);
    }
}
