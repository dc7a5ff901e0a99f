using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What leaves, and what state the stream is in. All of it is guarded by the session's gate.</content>
internal sealed partial class SmuxConnection
{
    private SmuxSendWindow _window = new();
    private StreamFault? _peerIsGone;
    private bool _isFinWanted;
    private bool _writesEnded;

    /// <summary>Whether the application has closed or aborted this end.</summary>
    public bool IsLocallyClosed { get; private set; }

    /// <summary>Whether the peer's FIN has come.</summary>
    public bool HasPeerEnded { get; private set; }

    /// <summary>Whether the application has read the end of the stream.</summary>
    public bool IsReadToEnd { get; private set; }

    /// <summary>Whether our FIN has been sent.</summary>
    public bool IsFinSent { get; private set; }

    /// <summary>Whether our FIN is held back until the other direction has ended.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Whether the session knows this stream by its id.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether the session counts this stream as one that was closed here and waits for the peer.</summary>
    public bool IsLingering { get; set; }

    /// <summary>Whether a window update of this stream is queued.</summary>
    public bool IsUpdateQueued { get; set; }

    /// <summary>When the state became one that lasts for a limited time, or data came that prolongs it.</summary>
    public long Since { get; set; }

    public bool HasFrame => !IsFinSent && (_output.IsWriting ? Sendable > 0 : _isFinWanted);

    private long Sendable => Math.Min(
        Math.Min(_output.Unsent, _session.Options.MaxFrameSize), _session.Options.Version == 2 ? _window.Room : int.MaxValue);

    /// <summary>Sends everything. It is done when the session has taken the last byte to send it next.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        _output.WriteAsync(data, cancellationToken);

    /// <summary>Ends the write direction. What a peer of unknown kind is told, and when, is for <see cref="SmuxOptions.HalfClose"/> to say.
    /// </summary>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_session.Gate)
        {
            if (_writesEnded && !IsLocallyClosed)
            {
                return ValueTask.CompletedTask;
            }

            if (_peerIsGone is { } fault)
            {
                return ValueTask.FromException(fault.ToException());
            }

            if (IsLocallyClosed)
            {
                return ValueTask.FromException(Input.Fault!.ToException());
            }

            _writesEnded = true;
            if (_session.PeerHalfCloses || HasPeerEnded || _session.Options.HalfClose == SmuxHalfClose.Immediate)
            {
                WantFin();
            }
            else
            {
                IsDraining = true;
                StartTimer();
            }
        }

        _session.Flush();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits until the session has taken the SYN to send it next. The caller holds the gate and queues the SYN.</summary>
    public ValueTask BeginOpen() => _output.Begin(default);

    /// <summary>The SYN is on its way. The caller holds the gate.</summary>
    public void Opened() => _output.Finish();

    /// <summary>Lets a token cancel the opening.</summary>
    public void CancelOpenBy(CancellationToken cancellationToken) => _output.CancelBy(cancellationToken);

    /// <summary>Writes the next frame, and the FIN if that is all there was. The caller holds the gate.</summary>
    /// <param name="destination">Room for the longest frame and a FIN.</param>
    /// <returns>How many bytes it wrote.</returns>
    public int TakeFrame(Span<byte> destination)
    {
        _output.IsOffered = false;
        int position = 0;
        byte version = (byte)_session.Options.Version;
        if (_output.IsWriting && (int)Math.Max(0, Sendable) is > 0 and var count)
        {
            position = SmuxCodec.WriteHeader(destination, new(version, SmuxCommand.Push, (ushort)count, Id));
            _output.Take(destination.Slice(position, count));
            position += count;
            _window.Send(count);
        }

        if (_isFinWanted && !_output.IsWriting && !IsFinSent)
        {
            position += SmuxCodec.WriteHeader(destination[position..], new(version, SmuxCommand.Fin, 0, Id));
            IsFinSent = true;
            _session.FinSent(this);
        }

        _output.Offer();
        return position;
    }

    /// <summary>Takes a window update of the peer's. The caller holds the gate.</summary>
    /// <returns>False if it cannot be right.</returns>
    public bool TryUpdate(uint consumed, uint window)
    {
        if (!_window.TryUpdate(consumed, window))
        {
            return false;
        }

        _output.Offer();
        return true;
    }

    /// <summary>Notes the peer's FIN. The caller holds the gate.</summary>
    public void PeerEnded()
    {
        HasPeerEnded = true;
        if (IsDraining)
        {
            WantFin();
        }

        if (!_session.PeerHalfCloses && !IsLocallyClosed)
        {
            _output.Fail(PeerHasEnded());
        }

        if (!IsReadToEnd && !IsLocallyClosed)
        {
            StartTimer();
        }

        _session.Settle(this);
    }

    /// <summary>Sends the FIN, after what is still to be sent. The caller holds the gate.</summary>
    public void WantFin()
    {
        IsDraining = false;
        _writesEnded = true;
        _isFinWanted = true;
        _output.Offer();
    }

    /// <summary>Gives up what is still to be sent. The caller holds the gate.</summary>
    public void DropUnsent() => _output.Fail((Input.Fault ?? StreamFault.Aborted).ToException());

    public Exception? FindRefusal() =>
        _peerIsGone is { } gone ? gone.ToException()
        : IsLocallyClosed ? Input.Fault!.ToException()
        : _writesEnded ? new IOException("The write direction has ended.")
        : HasPeerEnded && !_session.PeerHalfCloses ? PeerHasEnded()
        : null;

    void IStreamOutputOwner.OnOffer() => _session.Offer(this);

    private static IOException PeerHasEnded() => new("The peer has closed the stream.");

    private void CloseWriting(bool dropUnsent)
    {
        lock (_session.Gate)
        {
            if (dropUnsent)
            {
                DropUnsent();
            }

            if (!IsLocallyClosed)
            {
                IsLocallyClosed = true;
                StartTimer();
            }

            WantFin();
            _session.Settle(this);
        }

        _session.Flush();
    }

    private void StartTimer()
    {
        Since = _session.Time.GetTimestamp();
        _session.StartTicking();
    }
}
