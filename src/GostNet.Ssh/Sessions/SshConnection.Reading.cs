using System.Buffers;
using System.Runtime.CompilerServices;
using GostNet.Internal;
using GostNet.Ssh.Ciphers;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <content>What arrives.</content>
internal sealed partial class SshConnection
{
    private const int ReadSize = 128 * 1024;

    /// <summary>The most that packet_length may say before the login, in bytes (RFC 4253, section 6.1).</summary>
    private const int MaxPacketBeforeLogin = 35_000;

    /// <summary>The most that packet_length may say after it, in bytes: what OpenSSH sends at most.</summary>
    private const int MaxPacket = 256 * 1024;

    // Anything shorter has no payload.
    private const int MinPacket = 1 + 1 + MinPadding;
    private const int MinPadding = 4;

    private readonly List<SshChannel> _toWake = [];
    private PacketOpener _opener = new PlainOpener();
    private byte[]? _in;
    private int _inStart;
    private int _inEnd;

    // packet_length of the packet that is being received, once it is known.
    private int? _packetLength;
    private static readonly StreamFault PeerAborted = new("The peer has aborted the channel.");

    private byte[] _peerVersion = [];

    // Of other peers a CLOSE without EOF before it means nothing (ssh, section 3.3).
    private bool _peerTellsAborts;
    private uint _receiveSequence;
    private long _receivedPackets;
    private long _receivedBytes;
    private bool _isFlushDue;
    private int _hasHeardPeer;

    // How much was read last, and how many batches had left by then.
    private int _unacknowledged;
    private uint _batchesBefore;

    private CancellationToken CarrierToken => Volatile.Read(ref _isLoggedIn) ? CancellationToken.None : _handshakeToken;

    private async Task ReadLoopAsync()
    {
        try
        {
            await ReadVersionAsync().ConfigureAwait(false);
            while (true)
            {
                await TakePacketsAsync().ConfigureAwait(false);
                WakeReaders();
                if (!await ReadMoreAsync().ConfigureAwait(false))
                {
                    End(Volatile.Read(ref _isClosing) ? null : PeerHasClosed());
                    break;
                }
            }
        }
        catch (PeerDisconnectedException e)
        {
            End(_isLoggedIn && e.Reason == DisconnectReason.ByApplication ? null : e.ToSshException());
        }
        catch (SshException e) when (!IsEnded)
        {
            await RejectPeerAsync(e).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            End(Volatile.Read(ref _isClosing) && _isLastTaken ? null : CarrierFailed(e));
        }
        finally
        {
            WakeReaders();
            ReleaseInput();
        }
    }

    /// <summary>Takes the peer's version line, and what a server may say before it.</summary>
    private async ValueTask ReadVersionAsync()
    {
        string? lastLine = null;
        for (int lines = 0; lines <= VersionLine.MaxLinesBefore; lines++)
        {
            ReadOnlyMemory<byte> line;
            while (!TryTakeLine(out line))
            {
                if (!await ReadMoreAsync().ConfigureAwait(false))
                {
                    throw new SshException(
                        DisconnectReason.ConnectionLost,
                        ForwardError.ConnectionClosed,
                        lastLine is null
                            ? "The peer has closed the connection before it said which SSH it speaks."
                            : $"The server has closed the connection with the words \"{lastLine}\".");
                }
            }

            if (_role == SshRole.Server || VersionLine.IsVersion(line.Span))
            {
                VersionLine.Check(line.Span);
                _peerVersion = line.ToArray();
                _peerTellsAborts = VersionLine.IsOurs(line.Span);
                return;
            }

            lastLine = VersionLine.Quote(line.Span);
        }

        throw SshException.Protocol(
            $"The server has sent more than {VersionLine.MaxLinesBefore} lines and no version, the last of them \"{lastLine}\".");
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        line = default;
        ReadOnlyMemory<byte> received = _in.AsMemory(_inStart, _inEnd - _inStart);
        int maxLength = _role == SshRole.Server ? VersionLine.MaxLength : VersionLine.MaxLengthBefore;
        if (!VersionLine.TryReadLine(received.Span, maxLength, out int lineLength, out int length))
        {
            return false;
        }

        line = received[..lineLength];
        _inStart += length;
        return true;
    }

    /// <summary>Reads more of what the peer sends, to what has not been taken yet.</summary>
    /// <returns>False if the peer has ended the connection between two packets.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadMoreAsync()
    {
        Stream carrier = _carrier.Stream;
        Acknowledge();
        if (_inStart == _inEnd)
        {
            // A connection at rest holds no buffer.
            ReleaseInput();
            await carrier.ReadAsync(Memory<byte>.Empty, CarrierToken).ConfigureAwait(false);
            _in = ArrayPool<byte>.Shared.Rent(ReadSize);
        }
        else
        {
            MakeRoom();
        }

        int count = await carrier.ReadAsync(_in.AsMemory(_inEnd), CarrierToken).ConfigureAwait(false);
        _inEnd += count;
        if (count == 0 && (_inStart != _inEnd || _packetLength is not null) && !Volatile.Read(ref _isClosing))
        {
            throw PeerHasClosed("in the middle of a packet");
        }

        Volatile.Write(ref _hasHeardPeer, 1);
        _unacknowledged = count;
        _batchesBefore = Volatile.Read(ref _batches);
        return count > 0;
    }

    private void MakeRoom()
    {
        byte[] buffer = _in!;
        int held = _inEnd - _inStart;
        int needed = sizeof(uint) + (_packetLength ?? 0) + MaxTagSize;
        if (needed > buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(needed);
            buffer.AsSpan(_inStart, held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            _in = larger;
        }
        else
        {
            buffer.AsSpan(_inStart, held).CopyTo(buffer); // less than a packet
        }

        _inStart = 0;
        _inEnd = held;
    }

    private void ReleaseInput()
    {
        if (_in is not null)
        {
            ArrayPool<byte>.Shared.Return(_in);
            _in = null;
            _inStart = _inEnd = 0;
        }
    }

    /// <summary>Takes all packets that have arrived whole.</summary>
    private async ValueTask TakePacketsAsync()
    {
        int taken = 0;
        while (TryOpenPacket(out ReadOnlyMemory<byte> payload))
        {
            if (!TryTakeMessage(payload.Span))
            {
                WakeReaders();
                await TakeMessageAsync(payload).ConfigureAwait(false);
            }

            if (Volatile.Read(ref _isFlooded))
            {
                throw SshException.Protocol($"The peer has not read {MaxQueuedControl} answers that it asked for.");
            }

            taken += payload.Length;
            if (taken >= FairShare)
            {
                taken = 0;
                WakeReaders();
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
    }

    /// <summary>Opens the next packet, if it has arrived whole (ssh, section 2.4).</summary>
    /// <param name="payload">What it carries, valid until more is read.</param>
    private bool TryOpenPacket(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        int available = _inEnd - _inStart;
        if (_packetLength is not { } length)
        {
            if (available < _opener.HeaderSize)
            {
                return false;
            }

            _packetLength = length = CheckLength(_opener.ReadLength(_receiveSequence, _in.AsSpan(_inStart, _opener.HeaderSize)));
        }

        int total = sizeof(uint) + length + _opener.TagSize;
        if (available < total)
        {
            return false;
        }

        Span<byte> packet = _in.AsSpan(_inStart, total);
        if (!_opener.TryOpen(_receiveSequence, packet))
        {
            throw new SshException(DisconnectReason.MacError, ForwardError.ProtocolError, "A packet of the peer's was changed on its way.");
        }

        int padding = packet[sizeof(uint)];
        if (padding < MinPadding || padding + 1 >= length)
        {
            throw SshException.Protocol($"The peer has sent a packet of {length} bytes with {padding} bytes of padding.");
        }

        payload = _in.AsMemory(_inStart + PacketPrefix, length - 1 - padding);
        _inStart += total;
        _packetLength = null;
        _receiveSequence++;
        _receivedPackets++;
        _receivedBytes += total;
        if (_receivedBytes >= _settings.RekeyBytes || _receivedPackets >= _settings.RekeyPackets)
        {
            BeginExchangeIfDue();
            _isFlushDue = true;
        }

        return true;
    }

    private int CheckLength(uint length)
    {
        uint padded = length + (_opener.PadsLength ? sizeof(uint) : 0u);
        if (length < MinPacket || length > (_isLoggedIn ? MaxPacket : MaxPacketBeforeLogin) || padded % (uint)_opener.BlockSize != 0)
        {
            throw SshException.Protocol($"The peer has sent a packet of {length} bytes.");
        }

        return (int)length;
    }

    /// <summary>Takes a message that needs no waiting.</summary>
    /// <returns>False if it may need some.</returns>
    private bool TryTakeMessage(ReadOnlySpan<byte> payload)
    {
        byte number = payload[0];
        if (_exchangeStep != ExchangeStep.None || !_isLoggedIn)
        {
            if (TakeDuringExchange(number))
            {
                return true;
            }

            if (!_isLoggedIn || number < MessageNumber.GlobalRequest)
            {
                return false;
            }
        }

        switch (number)
        {
            case MessageNumber.ChannelData:
                TakeData(payload);
                return true;
            case MessageNumber.ChannelWindowAdjust:
                TakeAdjust(payload);
                return true;
            case MessageNumber.ChannelExtendedData:
                TakeExtendedData(payload);
                return true;
            case MessageNumber.ChannelEof:
                TakeEof(payload);
                return true;
            case MessageNumber.ChannelClose:
                TakeClose(payload);
                return true;
            case MessageNumber.ChannelOpen:
                TakeOpen(payload);
                return true;
            case MessageNumber.ChannelOpenConfirmation:
                TakeConfirmation(payload);
                return true;
            case MessageNumber.ChannelOpenFailure:
                TakeOpenFailure(payload);
                return true;
            case MessageNumber.ChannelRequest:
                TakeChannelRequest(payload);
                return true;
            case MessageNumber.ChannelSuccess or MessageNumber.ChannelFailure:
                return true; // nothing was asked
            case MessageNumber.GlobalRequest:
                TakeGlobalRequest(payload);
                return true;
            case MessageNumber.RequestSuccess or MessageNumber.RequestFailure:
                TakeReply(payload);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes a message of the transport or of the login.</summary>
    private async ValueTask TakeMessageAsync(ReadOnlyMemory<byte> payload)
    {
        byte number = payload.Span[0];
        switch (number)
        {
            case MessageNumber.Disconnect:
                throw TransportMessages.TryReadDisconnect(payload.Span, out DisconnectReason reason, out string text)
                    ? new PeerDisconnectedException(reason, text)
                    : SshException.Protocol("The peer has sent a DISCONNECT that is cut short.");
            case MessageNumber.Ignore or MessageNumber.Debug or MessageNumber.Unimplemented:
                break;
            case MessageNumber.ExtInfo:
                TakeExtInfo(payload.Span);
                break;
            case MessageNumber.KexInit:
                TakeKexInit(payload.Span);
                break;
            case MessageNumber.KexClientValue:
                await TakeClientValueAsync(payload).ConfigureAwait(false);
                break;
            case MessageNumber.KexServerValue:
                TakeServerValue(payload.Span);
                break;
            case MessageNumber.NewKeys:
                TakeNewKeys();
                break;
            case MessageNumber.ServiceRequest or MessageNumber.ServiceAccept:
            case >= MessageNumber.UserAuthRequest and < MessageNumber.GlobalRequest:
                await TakeLoginMessageAsync(payload).ConfigureAwait(false);
                break;
            case >= MessageNumber.GlobalRequest when !_isLoggedIn:
                await WaitForLoginAsync().ConfigureAwait(false);
                if (!TryTakeMessage(payload.Span))
                {
                    Refuse();
                }

                break;
            default:
                Refuse();
                break;
        }

        if (_isFlushDue)
        {
            _isFlushDue = false;
            Flush();
        }
    }

    /// <summary>Answers a message that is not known here (RFC 4253, section 11.4).</summary>
    private void Refuse()
    {
        lock (Gate)
        {
            EnqueueAnswer(TransportMessages.Unimplemented(_receiveSequence - 1));
        }

        _isFlushDue = true;
    }

    private void WakeLater(SshChannel channel)
    {
        if (!channel.IsToBeWoken)
        {
            channel.IsToBeWoken = true;
            _toWake.Add(channel);
        }
    }

    /// <summary>Wakes readers, once for all packets that were here: so they find more, and straight in their own buffers.</summary>
    private void WakeReaders()
    {
        foreach (SshChannel channel in _toWake)
        {
            channel.IsToBeWoken = false;
            channel.Wake();
        }

        _toWake.Clear();
        if (_isFlushDue)
        {
            _isFlushDue = false;
            Flush();
        }
    }

    /// <summary>Has what was read acknowledged now, unless something that has left since has done so.</summary>
    private void Acknowledge()
    {
        if (_batchesBefore == Volatile.Read(ref _batches))
        {
            _quickAck?.Renew(_unacknowledged);
        }
    }

    /// <summary>Tells the peer what it did wrong, lets it read that, and ends the connection.</summary>
    private async Task RejectPeerAsync(SshException error)
    {
        await SayGoodbyeAsync(error.Reason, error.Message).ConfigureAwait(false);
        byte[] rest = ArrayPool<byte>.Shared.Rent(4096);
        using CancellationTokenSource limit = new(PeerCloseTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _handshakeToken);
        try
        {
            for (int left = ReadSize, count = 1; count > 0 && left > 0; left -= count)
            {
                count = await _carrier.Stream.ReadAsync(rest, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It had its chance.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }

        End(error);
    }

    private static SshException PeerHasClosed(string where = "without a word") => new(
        DisconnectReason.ConnectionLost, ForwardError.ConnectionClosed, $"The peer has closed the SSH connection {where}.");
}
