using GostNet.Internal;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>Channels (RFC 4254, section 5; ssh, section 3).</content>
internal sealed partial class SshConnection
{
    /// <summary>Peers that take less than this in a packet are refused (ssh, section 3.1), in bytes.</summary>
    private const int MinPeerPacket = 9;

    /// <summary>The most that can be said of a channel that is opened here, in bytes.</summary>
    private const int MaxOpenData = 16 * 1024;

    /// <summary>The longest type or name of a request that means anything here.</summary>
    private const int MaxNameLength = 64;

    /// <summary>What a peer may tell of a channel that it opens, which is kept until the channel is accepted: two hosts and two ports are less,
    /// in bytes.</summary>
    private const int MaxPeerOpenData = 4 * 1024;

    // By our number. Looked up by the read loop alone; replaced and changed under the gate.
    private SshChannel?[] _channels = new SshChannel?[8];
    private readonly Stack<uint> _freeNumbers = [];
    private uint _nextNumber;
    private int _channelCount;
    private int _pendingOpens;
    private int _windows;

    // Those that the peer has closed and nobody has read to the end. Guarded by the gate.
    private readonly HashSet<SshChannel> _unread = [];

    /// <summary>How many numbers channels have: open, being opened, or waiting for the peer's CLOSE.</summary>
    public int NumbersInUse { get { lock (Gate) { return (int)_nextNumber - _freeNumbers.Count; } } }

    // A channel that is closed here keeps its number until the peer has closed it too.
    private bool HasRoom => _channelCount < _settings.MaxChannels && (_freeNumbers.Count > 0 || _nextNumber < 2 * _settings.MaxChannels);

    public async ValueTask<IConnection> OpenChannelAsync(string type, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(type.Length + data.Length, MaxOpenData, nameof(data));
        SshChannel channel;
        TaskCompletionSource opening = new(RunsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Gate)
        {
            if (_isEnded || _isClosing)
            {
                throw EndFault().ToException();
            }

            if (!HasRoom)
            {
                throw new IOException($"The SSH connection has {_channelCount} channels, as many as it may.");
            }

            channel = AddChannel(notice: null);
            channel.Opening = opening;
            Enqueue(SshWriter.Message(MessageNumber.ChannelOpen)
                .Text(type)
                .UInt32(channel.Number)
                .UInt32((uint)channel.InitialWindow)
                .UInt32(SshChannel.MaxPacketData)
                .Bytes(data.Span)
                .ToArray());
        }

        Flush();
        try
        {
            await opening.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return channel;
        }
        catch
        {
            channel.Abort(); // it is closed once it is confirmed
            throw;
        }
    }

    /// <summary>Looks whether the peer has a use for a channel's number, and we for the channel. The caller holds the gate.</summary>
    internal void Settle(SshChannel channel)
    {
        if (channel.IsListed && channel.IsCloseSent && channel.HasPeerClosed)
        {
            RemoveChannel(channel);
        }

        if (channel.IsCounted && channel.IsFinished)
        {
            Discount(channel);
        }
    }

    /// <summary>Takes from what the windows may come to.</summary>
    /// <param name="wanted">By how much a window would grow, in bytes.</param>
    /// <param name="present">What it is now.</param>
    /// <returns>By how much it may.</returns>
    internal int TryReserveWindow(int wanted, int present)
    {
        int count = Math.Min(wanted, _settings.MaxWindowSize - present);
        if (count <= 0)
        {
            return 0;
        }

        if (Interlocked.Add(ref _windows, count) > _settings.WindowBudget)
        {
            Interlocked.Add(ref _windows, -count);
            return 0;
        }

        return count;
    }

    private SshChannel AddChannel(string? notice)
    {
        if (!_freeNumbers.TryPop(out uint number))
        {
            number = _nextNumber++;
            if (number == _channels.Length)
            {
                SshChannel?[] larger = new SshChannel?[2 * _channels.Length];
                _channels.CopyTo(larger, 0);
                Volatile.Write(ref _channels, larger);
            }
        }

        int window = TryReserveWindow(_settings.WindowSize, 0);
        if (window < _settings.WindowSize)
        {
            Interlocked.Add(ref _windows, _settings.SmallWindowSize - window);
            window = _settings.SmallWindowSize;
        }

        SshChannel channel = new(this, number, window) { Notice = notice, IsListed = true, IsCounted = true };
        _channelCount++;
        _channels[number] = channel;
        return channel;
    }

    private void RemoveChannel(SshChannel channel)
    {
        channel.IsListed = false;
        _channels[channel.Number] = null;
        _freeNumbers.Push(channel.Number);
    }

    private void Discount(SshChannel channel)
    {
        channel.IsCounted = false;
        _unread.Remove(channel);
        _channelCount--;
        Interlocked.Add(ref _windows, -channel.ReservedWindow);
    }

    private SshChannel? FindChannel(uint number)
    {
        SshChannel?[] channels = Volatile.Read(ref _channels);
        return number < channels.Length ? channels[number] : null;
    }

    /// <summary>Reads the number that follows the message's own.</summary>
    private static uint ReadNumber(ref SshReader reader) => reader.TryReadByte(out _) && reader.TryReadUInt32(out uint number)
        ? number
        : throw CutShort();

    private SshChannel FindOpenChannel(ref SshReader reader)
    {
        uint number = ReadNumber(ref reader);
        return FindChannel(number) is { IsOpen: true, HasPeerClosed: false } channel
            ? channel
            : throw SshException.Protocol($"The peer has sent something for channel {number}, which is not open.");
    }

    private void TakeData(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        SshChannel channel = FindOpenChannel(ref reader);
        if (!reader.TryReadString(out ReadOnlySpan<byte> data))
        {
            throw CutShort();
        }

        CheckData(channel, data.Length);
        if (!channel.TryReceive(data))
        {
            throw TooMuch(channel);
        }

        WakeLater(channel);
    }

    private void TakeExtendedData(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        SshChannel channel = FindOpenChannel(ref reader);
        if (!reader.TryReadUInt32(out _) || !reader.TryReadString(out ReadOnlySpan<byte> data))
        {
            throw CutShort();
        }

        CheckData(channel, data.Length);
        if (!channel.TrySkip(data.Length, out bool isCreditDue))
        {
            throw TooMuch(channel);
        }

        if (isCreditDue)
        {
            SendCredit(channel, flush: false);
        }
    }

    private static void CheckData(SshChannel channel, int length)
    {
        if (length > SshChannel.MaxPacketData)
        {
            throw SshException.Protocol($"The peer has sent {length} bytes in one packet of channel {channel.Number}.");
        }
    }

    private void TakeAdjust(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        uint number = ReadNumber(ref reader);
        if (!reader.TryReadUInt32(out uint count))
        {
            throw CutShort();
        }

        if (FindChannel(number) is not { IsOpen: true } channel)
        {
            return; // it may have crossed a CLOSE
        }

        bool isRight;
        lock (Gate)
        {
            isRight = channel.TryWiden(count);
        }

        if (!isRight)
        {
            throw SshException.Protocol($"The peer allows more on channel {number} than a window can be.");
        }

        _isFlushDue = true;
    }

    private void TakeEof(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        SshChannel channel = FindOpenChannel(ref reader);
        if (!channel.EndReading(fault: null))
        {
            throw SshException.Protocol($"The peer has ended channel {channel.Number} twice.");
        }

        lock (Gate)
        {
            channel.PeerEnded();
        }

        WakeLater(channel);
        _isFlushDue = true;
    }

    private void TakeClose(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        SshChannel channel = FindOpenChannel(ref reader);
        channel.EndReading(_peerTellsAborts ? PeerAborted : null);
        lock (Gate)
        {
            channel.PeerClosed();
            if (channel is { IsUnread: true, IsCounted: true })
            {
                _unread.Add(channel);
                StartTicking();
            }
        }

        WakeLater(channel);
        _isFlushDue = true;
    }

    private void TakeOpen(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload[1..]);
        if (!reader.TryReadString(out ReadOnlySpan<byte> type)
            || !reader.TryReadUInt32(out uint number)
            || !reader.TryReadUInt32(out uint window)
            || !reader.TryReadUInt32(out uint maxPacket))
        {
            throw CutShort();
        }

        bool isRoom;
        lock (Gate)
        {
            isRoom = HasRoom && _pendingOpens < _settings.MaxPendingOpens && !_isClosing;
            _pendingOpens++;
        }

        PeerOpening opening = new(this, NameOf(type), reader.Rest.ToArray(), number, window, maxPacket);
        if (!isRoom)
        {
            opening.Refuse(ChannelOpenFailure.ResourceShortage, "too many channels");
        }
        else if (maxPacket < MinPeerPacket)
        {
            opening.Refuse(ChannelOpenFailure.AdministrativelyProhibited, "the maximum packet is too small");
        }
        else if (opening.Data.Length > MaxPeerOpenData)
        {
            opening.Refuse(ChannelOpenFailure.AdministrativelyProhibited, "that is too long");
        }
        else if (type.Length > MaxNameLength)
        {
            opening.Refuse(ChannelOpenFailure.UnknownChannelType, "unknown channel type");
        }
        else
        {
            _handler!.OnChannelOpen(opening);
        }
    }

    private SshChannel FindOpening(uint number, out TaskCompletionSource opening)
    {
        if (FindChannel(number) is { IsOpen: false, Opening: { } waiting } channel)
        {
            channel.Opening = null;
            opening = waiting;
            return channel;
        }

        throw SshException.Protocol($"The peer has answered the opening of channel {number}, which is not being opened.");
    }

    private void TakeConfirmation(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        uint number = ReadNumber(ref reader);
        if (!reader.TryReadUInt32(out uint peerNumber)
            || !reader.TryReadUInt32(out uint window)
            || !reader.TryReadUInt32(out uint maxPacket))
        {
            throw CutShort();
        }

        SshChannel channel = FindOpening(number, out TaskCompletionSource opening);
        lock (Gate)
        {
            channel.Open(peerNumber, window, maxPacket);
        }

        if (maxPacket < MinPeerPacket)
        {
            opening.TrySetException(new IOException($"The peer takes but {maxPacket} bytes in a packet of a channel."));
        }
        else
        {
            opening.TrySetResult();
        }

        _isFlushDue = true;
    }

    private void TakeOpenFailure(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        uint number = ReadNumber(ref reader);
        if (!reader.TryReadUInt32(out uint reason) || !reader.TryReadString(out ReadOnlySpan<byte> text))
        {
            throw CutShort();
        }

        SshChannel channel = FindOpening(number, out TaskCompletionSource opening);
        lock (Gate)
        {
            RemoveChannel(channel);
            if (channel.IsCounted)
            {
                Discount(channel);
            }
        }

        opening.TrySetException(new ChannelRefusedException((ChannelOpenFailure)reason, PeerText.Escape(text)));
    }

    /// <summary>Answers what is asked of a channel: nothing is granted, but to a session that has a notice to show.</summary>
    private void TakeChannelRequest(ReadOnlySpan<byte> payload)
    {
        SshReader reader = new(payload);
        SshChannel channel = FindOpenChannel(ref reader);
        if (!reader.TryReadString(out ReadOnlySpan<byte> name) || !reader.TryReadBoolean(out bool wantsReply))
        {
            throw CutShort();
        }

        bool isStart = name.SequenceEqual("shell"u8) || name.SequenceEqual("exec"u8);
        bool isGranted = channel.Notice is not null && (isStart || name.SequenceEqual("pty-req"u8) || name.SequenceEqual("env"u8));
        lock (Gate)
        {
            if (channel.IsCloseSent)
            {
                return;
            }

            if (wantsReply)
            {
                EnqueueAnswer(channel.Message(isGranted ? MessageNumber.ChannelSuccess : MessageNumber.ChannelFailure).ToArray());
            }

            if (isGranted && isStart && channel.TryShowNotice() is { } notice)
            {
                EnqueueAnswer(channel.Message(MessageNumber.ChannelExtendedData).UInt32(1).String(notice).ToArray());
                EnqueueAnswer(channel.Message(MessageNumber.ChannelRequest).Text("exit-status").Boolean(false).UInt32(1).ToArray());
                channel.WantClose();
            }
        }

        _isFlushDue = true;
    }

    /// <summary>A name that the peer wrote, for handlers and messages.</summary>
    private static string NameOf(ReadOnlySpan<byte> name) => PeerText.Escape(name[..Math.Min(name.Length, MaxNameLength)]);

    private static SshException CutShort() => SshException.Protocol("The peer has sent a message that is cut short.");

    private static SshException TooMuch(SshChannel channel) =>
        SshException.Protocol($"The peer has sent more on channel {channel.Number} than its window allows, or after its end.");

    /// <summary>A channel that the peer opens.</summary>
    private sealed class PeerOpening(
        SshConnection connection, string type, byte[] data, uint peerNumber, uint window, uint maxPacket) : ChannelOpening
    {
        private bool _isAnswered;

        public override string Type => type;

        public override ReadOnlyMemory<byte> Data => data;

        public override IConnection? Accept() => Accept(notice: null);

        public override void AcceptNotice(string text)
        {
            if (Accept(text) is { } channel)
            {
                channel.IgnoreData();
            }
        }

        public override void Refuse(ChannelOpenFailure failure, string text)
        {
            lock (connection.Gate)
            {
                BeginAnswer();
                connection.EnqueueAnswer(SshWriter.Message(MessageNumber.ChannelOpenFailure)
                    .UInt32(peerNumber).UInt32((uint)failure).Text(text).Text("").ToArray());
            }

            connection.Flush();
        }

        private SshChannel? Accept(string? notice)
        {
            SshChannel channel;
            lock (connection.Gate)
            {
                BeginAnswer();
                if (connection._isEnded || connection._isClosing)
                {
                    return null;
                }

                channel = connection.AddChannel(notice);
                connection.EnqueueAnswer(SshWriter.Message(MessageNumber.ChannelOpenConfirmation)
                    .UInt32(peerNumber)
                    .UInt32(channel.Number)
                    .UInt32((uint)channel.InitialWindow)
                    .UInt32(SshChannel.MaxPacketData)
                    .ToArray());
                channel.Open(peerNumber, window, maxPacket);
            }

            connection.Flush();
            return channel;
        }

        private void BeginAnswer()
        {
            if (_isAnswered)
            {
                throw new InvalidOperationException("The channel was accepted or refused before.");
            }

            _isAnswered = true;
            connection._pendingOpens--;
        }
    }
}
