using System.Text;
using System.Threading.Tasks.Sources;
using GostNet.Internal;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>What leaves, and what state the channel is in. All of it is guarded by the connection's gate.</content>
internal sealed partial class SshChannel
{
    /// <summary>The most data of a packet that is sent, whatever the peer allows, in bytes.</summary>
    public const int MaxPacketData = 32 * 1024;

    private ManualResetValueTaskSourceCore<bool> _writing;
    private CancellationTokenRegistration _writeCancellation;
    private ReadOnlyMemory<byte> _unsent;
    private StreamFault? _refusal;
    private uint _peerNumber;
    private long _sendWindow;
    private int _maxPacket;
    private bool _isWriting;
    private bool _isOffered;
    private bool _writesEnded;
    private bool _isCloseWanted;
    private bool _isReadToEnd;

    /// <summary>How many bytes of data were sent.</summary>
    public long BytesSent { get; private set; }

    /// <summary>How many more the peer allows.</summary>
    public long SendWindow => _sendWindow;

    /// <summary>Whether the peer has confirmed it, or we have.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether the application has closed or aborted this end.</summary>
    public bool IsLocallyClosed { get; private set; }

    /// <summary>Whether our EOF has been sent.</summary>
    public bool IsEofSent { get; private set; }

    /// <summary>Whether our CLOSE has been sent: nothing may follow it.</summary>
    public bool IsCloseSent { get; private set; }

    /// <summary>Whether the peer's EOF has come.</summary>
    public bool HasPeerEof { get; private set; }

    /// <summary>Whether the peer's CLOSE has come.</summary>
    public bool HasPeerClosed { get; private set; }

    /// <summary>Whether the connection knows this channel by its number.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether the connection counts it.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Whether an adjust of this channel's window is queued.</summary>
    public bool IsCreditQueued { get; set; }

    /// <summary>The text that is all this channel is for, if it is a session that ends with it (ssh, section 5).</summary>
    public string? Notice { get; init; }

    /// <summary>Who waits for the confirmation, if it was opened here.</summary>
    public TaskCompletionSource? Opening { get; set; }

    /// <summary>When the peer closed it.</summary>
    public long Since { get; private set; }

    /// <summary>Whether neither end has a use for it any more, but for the peer's CLOSE.</summary>
    public bool IsFinished => IsLocallyClosed || (_isReadToEnd && (IsCloseSent || _connection.IsEnded));

    /// <summary>Whether the peer has closed it, and nobody has read what it had sent.</summary>
    public bool IsUnread => HasPeerClosed && !_isReadToEnd && !IsLocallyClosed;

    private bool HasPacket => IsOpen && !IsCloseSent
        && (_isWriting ? _sendWindow > 0 && !HasPeerClosed : _isCloseWanted || (_writesEnded && !IsEofSent));

    /// <summary>Sends everything. It is done when the connection has taken the last byte to send it next.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        ValueTask written;
        lock (_connection.Gate)
        {
            if (_refusal is { } refusal)
            {
                return ValueTask.FromException(refusal.ToException());
            }

            if (_writesEnded)
            {
                return ValueTask.FromException(new IOException("The write direction has ended."));
            }

            if (_isWriting)
            {
                throw new InvalidOperationException("Another write is in flight.");
            }

            if (data.IsEmpty)
            {
                return ValueTask.CompletedTask;
            }

            _isWriting = true;
            _unsent = data;
            _writing.RunContinuationsAsynchronously = !_connection.RunsInline;
            _writing.Reset();
            written = new(this, _writing.Version);
            Offer();
        }

        _connection.Flush();
        if (cancellationToken.CanBeCanceled && Volatile.Read(ref _isWriting))
        {
            _writeCancellation = cancellationToken.UnsafeRegister(
                static (self, cancelled) => ((SshChannel)self!).CancelWrite(cancelled), this);
        }

        return written;
    }

    /// <summary>Ends the write direction with EOF.</summary>
    public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        lock (_connection.Gate)
        {
            if ((_writesEnded || HasPeerClosed) && !IsLocallyClosed)
            {
                return ValueTask.CompletedTask; // a peer that has closed the channel needs no end of it
            }

            if (_refusal is { } refusal)
            {
                return ValueTask.FromException(refusal.ToException());
            }

            _writesEnded = true;
            CloseIfBothEnded();
            Offer();
        }

        _connection.Flush();
        return ValueTask.CompletedTask;
    }

    /// <summary>The channel is open. The caller holds the gate.</summary>
    /// <param name="peerNumber">What the peer calls it.</param>
    /// <param name="window">What the peer allows us to send, in bytes.</param>
    /// <param name="maxPacket">The most data that the peer takes in a packet, in bytes.</param>
    public void Open(uint peerNumber, uint window, uint maxPacket)
    {
        _peerNumber = peerNumber;
        _sendWindow = window;
        _maxPacket = (int)Math.Min(maxPacket, MaxPacketData);
        IsOpen = true;
        Offer();
    }

    /// <summary>Writes the next message. The caller holds the gate.</summary>
    /// <param name="destination">Room for <see cref="MaxPacketData"/> and <see cref="ConnectionMessages.MaxHeaderLength"/>.</param>
    /// <returns>How many bytes it wrote; 0 if there is nothing to send.</returns>
    public int TakeMessage(Span<byte> destination)
    {
        _isOffered = false;
        if (!HasPacket)
        {
            return 0;
        }

        int length;
        if (_isWriting)
        {
            int count = (int)Math.Min(_sendWindow, Math.Min(_unsent.Length, _maxPacket));
            length = ConnectionMessages.WriteDataHeader(destination, _peerNumber, count);
            _unsent.Span[..count].CopyTo(destination[length..]);
            length += count;
            _unsent = _unsent[count..];
            _sendWindow -= count;
            BytesSent += count;
            if (_unsent.IsEmpty)
            {
                FinishWrite();
                if (_connection.RunsInline)
                {
                    _connection.TellLater(this);
                }
                else
                {
                    EndWrite();
                }
            }
        }
        else if (_writesEnded && !IsEofSent && !HasPeerClosed)
        {
            length = ConnectionMessages.Write(destination, MessageNumber.ChannelEof, _peerNumber);
            IsEofSent = true;
        }
        else
        {
            length = ConnectionMessages.Write(destination, MessageNumber.ChannelClose, _peerNumber);
            IsCloseSent = true;
            _connection.Settle(this);
        }

        Offer();
        return length;
    }

    /// <summary>Tells the writer that the connection has taken what it had.</summary>
    public void EndWrite() => _writing.SetResult(true);

    /// <summary>Writes the adjust that is due. The caller holds the gate.</summary>
    /// <returns>How many bytes it wrote; 0 if there is none.</returns>
    public int TakeAdjust(Span<byte> destination)
    {
        IsCreditQueued = false;
        int credit = TakeCredit();
        return credit == 0 || !IsOpen || IsCloseSent || _isCloseWanted
            ? 0
            : ConnectionMessages.Write(destination, MessageNumber.ChannelWindowAdjust, _peerNumber, (uint)credit);
    }

    /// <summary>Builds a message to the peer about this channel. The caller holds the gate.</summary>
    public SshWriter Message(byte number) => SshWriter.Message(number).UInt32(_peerNumber);

    /// <summary>Takes what the peer allows in addition. The caller holds the gate.</summary>
    /// <returns>False if that is more than a window can be.</returns>
    public bool TryWiden(uint count)
    {
        if (_sendWindow + count > uint.MaxValue)
        {
            return false;
        }

        _sendWindow += count;
        Offer();
        return true;
    }

    /// <summary>Notes the peer's EOF. The caller holds the gate.</summary>
    public void PeerEnded()
    {
        HasPeerEof = true;
        CloseIfBothEnded();
        Offer();
    }

    /// <summary>Notes the peer's CLOSE, which is answered, and drops what is still to be sent. The caller holds the gate.</summary>
    public void PeerClosed()
    {
        HasPeerClosed = true;
        _isCloseWanted = true;
        _refusal ??= new("The peer has closed the channel.");
        Since = _connection.Time.GetTimestamp();
        FailWrite(_refusal.ToException());
        _connection.Settle(this);
        Offer();
    }

    /// <summary>The notice, as much of it as the peer's window takes, if it was not shown yet. The caller holds the gate.</summary>
    public byte[]? TryShowNotice()
    {
        if (Notice is null || _isCloseWanted)
        {
            return null;
        }

        byte[] text = Encoding.UTF8.GetBytes($"{Notice}\r\n");
        int count = (int)Math.Min(_sendWindow, Math.Min(text.Length, _maxPacket));
        _sendWindow -= count;
        return text[..count];
    }

    /// <summary>Sends CLOSE, after what is still to be sent. The caller holds the gate.</summary>
    public void WantClose()
    {
        _isCloseWanted = true;
        Offer();
    }

    private void CloseWriting(StreamFault fault, bool isAbort)
    {
        lock (_connection.Gate)
        {
            if (!IsLocallyClosed)
            {
                IsLocallyClosed = true;
                _refusal = fault;
                _writesEnded |= !isAbort && !_isWriting;
                FailWrite(fault.ToException());
                if (isAbort)
                {
                    _writesEnded = IsEofSent; // no EOF before the CLOSE if it has not left yet
                }

                _isCloseWanted = true;
                _connection.Settle(this);
                Offer();
            }
        }

        _connection.Flush();
    }

    private void CloseIfBothEnded() => _isCloseWanted |= _writesEnded && HasPeerEof;

    private void CancelWrite(CancellationToken cancellationToken)
    {
        lock (_connection.Gate)
        {
            FailWrite(new OperationCanceledException(cancellationToken));
            Offer();
        }

        _connection.Flush();
    }

    private void FailWrite(Exception error)
    {
        if (_isWriting)
        {
            FinishWrite();
            _writing.RunContinuationsAsynchronously = true; // there is a lock
            _writing.SetException(error);
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
        if (HasPacket && !_isOffered)
        {
            _isOffered = true;
            _connection.Offer(this);
        }
    }
}
