using System.Threading.Tasks.Sources;
using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What leaves, and what state the stream is in. All of it is guarded by the session's gate.</content>
internal sealed partial class SmuxConnection
{
    private ManualResetValueTaskSourceCore<bool> _writing = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _writeCancellation;
    private SmuxSendWindow _window = new();
    private ReadOnlyMemory<byte> _unsent;
    private StreamFault? _peerIsGone;
    private bool _isWriting;
    private bool _isOffered;
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

    private long Sendable => Math.Min(
        Math.Min(_unsent.Length, _session.Options.MaxFrameSize), _session.Options.Version == 2 ? _window.Room : int.MaxValue);

    private bool HasFrame => !IsFinSent && (_isWriting ? Sendable > 0 : _isFinWanted);

    /// <summary>Sends everything. It is done when the session has taken the last byte to send it next.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        ValueTask written;
        lock (_session.Gate)
        {
            if (FindRefusal() is { } refusal)
            {
                return ValueTask.FromException(refusal);
            }

            if (data.IsEmpty)
            {
                return ValueTask.CompletedTask;
            }

            written = BeginWrite(data);
            Offer();
        }

        _session.Flush();
        CancelWriteBy(cancellationToken);
        return written;
    }

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
                return ValueTask.FromException(_fault!.ToException());
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
    public ValueTask BeginOpen() => BeginWrite(default);

    /// <summary>The SYN is on its way. The caller holds the gate.</summary>
    public void Opened()
    {
        if (_isWriting)
        {
            FinishWrite();
            _writing.SetResult(true);
            Offer();
        }
    }

    /// <summary>Lets a token cancel the write that has just begun. Some of it may be sent by then; the rest never is.</summary>
    public void CancelWriteBy(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && Volatile.Read(ref _isWriting))
        {
            _writeCancellation = cancellationToken.UnsafeRegister(
                static (self, cancelled) => ((SmuxConnection)self!).CancelWrite(cancelled), this);
        }
    }

    /// <summary>Writes the next frame, and the FIN if that is all there was. The caller holds the gate.</summary>
    /// <param name="destination">Room for the longest frame and a FIN.</param>
    /// <returns>How many bytes it wrote.</returns>
    public int TakeFrame(Span<byte> destination)
    {
        _isOffered = false;
        int position = 0;
        byte version = (byte)_session.Options.Version;
        if (_isWriting && (int)Math.Max(0, Sendable) is > 0 and var count)
        {
            position = SmuxCodec.WriteHeader(destination, new(version, SmuxCommand.Push, (ushort)count, Id));
            _unsent.Span[..count].CopyTo(destination[position..]);
            position += count;
            _unsent = _unsent[count..];
            _window.Send(count);
            if (_unsent.IsEmpty)
            {
                FinishWrite();
                _writing.SetResult(true);
            }
        }

        if (_isFinWanted && !_isWriting && !IsFinSent)
        {
            position += SmuxCodec.WriteHeader(destination[position..], new(version, SmuxCommand.Fin, 0, Id));
            IsFinSent = true;
            _session.FinSent(this);
        }

        Offer();
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

        Offer();
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
            FailWrite(PeerHasEnded());
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
        Offer();
    }

    /// <summary>Gives up what is still to be sent. The caller holds the gate.</summary>
    public void DropUnsent() => FailWrite((_fault ?? StreamFault.Aborted).ToException());

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

    private Exception? FindRefusal() =>
        _peerIsGone is { } gone ? gone.ToException()
        : IsLocallyClosed ? _fault!.ToException()
        : _writesEnded ? new IOException("The write direction has ended.")
        : HasPeerEnded && !_session.PeerHalfCloses ? PeerHasEnded()
        : null;

    private ValueTask BeginWrite(ReadOnlyMemory<byte> data)
    {
        if (_isWriting)
        {
            throw new InvalidOperationException("Another write is in flight.");
        }

        _isWriting = true;
        _unsent = data;
        _writing.Reset();
        return new(this, _writing.Version);
    }

    private void CancelWrite(CancellationToken cancellationToken)
    {
        lock (_session.Gate)
        {
            FailWrite(new OperationCanceledException(cancellationToken));
        }

        _session.Flush();
    }

    private void FailWrite(Exception error)
    {
        if (_isWriting)
        {
            FinishWrite();
            _writing.SetException(error);
            Offer();
        }
    }

    /// <summary>The caller gives the result.</summary>
    private void FinishWrite()
    {
        _isWriting = false;
        _unsent = default;
    }

    private void Offer()
    {
        if (HasFrame && !_isOffered)
        {
            _isOffered = true;
            _session.Offer(this);
        }
    }

    private void StartTimer()
    {
        Since = _session.Time.GetTimestamp();
        _session.StartTicking();
    }
}
