namespace GostNet.Transports.WebSockets;

/// <content>How the two directions end.</content>
internal sealed partial class WebSocketConnection
{
    private bool _writesEnded;
    private bool _peerHalfCloses;
    private bool _hasPeerEnded;
    private volatile bool _isDraining;
    private long _lastData;
    private ITimer? _drainTimer;

    /// <summary>Whether the peer takes the end of one direction for that alone.</summary>
    public bool PeerHalfCloses
    {
        get
        {
            lock (_gate)
            {
                return _peerHalfCloses;
            }
        }
    }

    /// <summary>Ends the write direction, at once or when the peer can bear it; then this does not wait for it.</summary>
    public async ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        Task sent;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_writesEnded)
            {
                return;
            }

            if (_writeFault is { } fault && !_hasPeerEnded)
            {
                throw new IOException(fault.Message, fault);
            }

            _writesEnded = true;
            if (!_hasPeerEnded && !_peerHalfCloses && _settings.HalfClose != WebSocketHalfClose.Immediate)
            {
                StartDraining();
                return;
            }

            sent = QueueClose(WebSocketCloseCode.Normal);
        }

        SendDue();
        await sent.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The caller holds the gate.</summary>
    private void StartDraining()
    {
        _lastData = _time.GetTimestamp();
        _isDraining = true;
        if (_settings.HalfClose == WebSocketHalfClose.Drain)
        {
            _drainTimer = _time.CreateTimer(
                static self => ((WebSocketConnection)self!).DrainTimerDue(), this, _settings.HalfCloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The caller holds the gate.</summary>
    private void StopDraining()
    {
        _isDraining = false;
        _drainTimer?.Dispose();
        _drainTimer = null;
    }

    private void DrainTimerDue()
    {
        lock (_gate)
        {
            if (!_isDraining)
            {
                return;
            }

            TimeSpan left = _settings.HalfCloseTimeout - _time.GetElapsedTime(Volatile.Read(ref _lastData));
            if (left > TimeSpan.Zero)
            {
                _drainTimer!.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            EndDraining();
        }

        SendDue();
    }

    /// <summary>Sends the Close that was held back, if there is one. The caller holds the gate.</summary>
    private void EndDraining()
    {
        if (_isDraining)
        {
            StopDraining();
            QueueClose(WebSocketCloseCode.Normal);
        }
    }

    private void PeerKnowsHalfClose()
    {
        lock (_gate)
        {
            _peerHalfCloses = true;
            EndDraining();
        }

        SendDue();
    }

    /// <summary>Notes the end of what the peer sends.</summary>
    /// <param name="code">The code of its Close; <see langword="null"/> if the connection below has ended without one.</param>
    private void PeerEnded(int? code)
    {
        lock (_gate)
        {
            _hasPeerEnded = true;
            if (code is { } given && !(_peerHalfCloses && given == WebSocketCloseCode.Normal))
            {
                // The end of both directions, to be answered with the same code (RFC 6455, section 5.5.1).
                StopDraining();
                QueueClose(given);
                _writeFault ??= new IOException("The peer has closed the WebSocket.");
            }

            EndDraining();
        }

        SendDue();
    }
}
