using System.Buffers;
using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <content>What leaves.</content>
internal sealed partial class Http2Session
{
    // A batch is full at this size. The frame that fills it may be longer.
    private const int BatchSize = 64 * 1024;

    // The longest payload of DATA, if the peer allows it.
    private const int MaxDataSize = 32 * 1024;

    // What may wait for a peer that makes this end answer and does not read.
    private const int MaxPendingControl = 256 * 1024;

    private const int FirstControlSize = 512;

    private readonly Queue<Http2Connection> _ready = [];
    private readonly Queue<Http2Connection> _blocked = [];
    private byte[] _control = new byte[FirstControlSize];
    private int _controlStart;
    private int _controlEnd;
    private bool _mustGiveUpTable;

    // What the peer has said.
    private long _sendWindow = Http2Codec.DefaultWindow;
    private int _peerStreamWindow = Http2Codec.DefaultWindow;
    private int _peerMaxFrameSize = Http2Codec.MinMaxFrameSize;
    private uint _peerMaxStreams = uint.MaxValue;

    public bool HasWork => (_controlEnd > 0 || _ready.Count > 0) && !_drained.Task.IsCompleted;

    private int DataSize => Math.Min(MaxDataSize, _peerMaxFrameSize);

    /// <summary>Queues a stream that has a frame to send. The caller holds the gate, and calls <see cref="Flush"/> without it.</summary>
    internal void Offer(Http2Connection stream)
    {
        if (!_isEnded)
        {
            _ready.Enqueue(stream);
        }
    }

    /// <summary>Queues the head of a stream. The caller holds the gate.</summary>
    internal void SendHeaders(uint streamId, ReadOnlySpan<HeaderField> fields, Http2FrameFlags flags)
    {
        // Heads of this end are short: none needs CONTINUATION.
        byte[] block = ArrayPool<byte>.Shared.Rent(HpackEncoder.MaxLength(fields) + 1);
        int length = 0;
        if (_mustGiveUpTable)
        {
            _mustGiveUpTable = false;
            block[length++] = HpackEncoder.NoTable;
        }

        length += HpackEncoder.Write(block.AsSpan(length), fields);
        Span<byte> frame = ReserveControl(Http2Codec.HeaderLength + length);
        Http2Codec.WriteHeader(frame, new(length, Http2FrameType.Headers, flags | Http2FrameFlags.EndHeaders, streamId));
        block.AsSpan(0, length).CopyTo(frame[Http2Codec.HeaderLength..]);
        ArrayPool<byte>.Shared.Return(block, clearArray: true);
    }

    /// <summary>Queues RST_STREAM. The caller holds the gate.</summary>
    internal void SendReset(uint streamId, Http2ErrorCode code) =>
        Http2Codec.WriteReset(ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), streamId, code);

    /// <summary>Allows the peer more data of a stream that it has not ended.</summary>
    internal void SendStreamCredit(Http2Connection stream, int count, bool flush)
    {
        lock (Gate)
        {
            if (stream.IsListed && !stream.HasPeerEnded)
            {
                Http2Codec.WriteWindowUpdate(ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), stream.Id, count);
            }
        }

        if (flush)
        {
            Flush();
        }
        else
        {
            _isFlushDue = true;
        }
    }

    /// <summary>Sends what there is, or leaves it to who is sending. The caller holds no lock.</summary>
    internal void Flush() => Writer.Flush();

    /// <summary>Queues what a session begins with, before anything else can be.</summary>
    private void SendGreeting()
    {
        if (Profile.Role == Http2Role.Client)
        {
            Http2Codec.Preface.CopyTo(ReserveControl(Http2Codec.Preface.Length));
        }

        Http2Codec.WriteSettings(
            ReserveControl(Http2Codec.HeaderLength + (Profile.Settings.Length * Http2Codec.SettingLength)), Profile.Settings);
        Http2Codec.WriteWindowUpdate(
            ReserveControl(Http2Codec.HeaderLength + Http2Codec.WordLength), 0, Http2Profile.SessionWindow - Http2Codec.DefaultWindow);
    }

    /// <summary>Makes room for a control frame, which leaves before all data. The caller holds the gate.</summary>
    private Span<byte> ReserveControl(int count)
    {
        if (_isEnded)
        {
            return new byte[count]; // it goes nowhere
        }

        if (_controlEnd + count > _control.Length)
        {
            Array.Resize(ref _control, Math.Max(2 * _control.Length, _controlEnd + count));
        }

        Span<byte> room = _control.AsSpan(_controlEnd, count);
        _controlEnd += count;
        return room;
    }

    void IBatchSource.OnWriterRest()
    {
        if (_isClosing && !HasWork)
        {
            _drained.TrySetResult();
        }
    }

    void IBatchSource.OnWriteFailed(Exception error) => End(CarrierFailed(error));

    /// <summary>Fills a batch: control frames first, then a frame of each stream in turn. The caller holds the gate.</summary>
    int IBatchSource.FillBatch(Span<byte> batch)
    {
        int position = Math.Min(_controlEnd - _controlStart, BatchSize);
        _control.AsSpan(_controlStart, position).CopyTo(batch);
        _controlStart += position;
        if (_controlStart == _controlEnd)
        {
            _controlStart = _controlEnd = 0;
            if (_control.Length > BatchSize)
            {
                _control = new byte[FirstControlSize];
            }
        }

        while (_controlEnd == 0 && position < BatchSize && _ready.TryDequeue(out Http2Connection? stream))
        {
            int count = stream.TakeFrame(batch[position..], (int)Math.Min(DataSize, _sendWindow), out int dataLength);
            position += count;
            _sendWindow -= dataLength;
            if (count == 0 && stream.IsWaitingForSession)
            {
                _blocked.Enqueue(stream);
            }
        }

        return position;
    }

    /// <summary>Lets go on what waited for the session's window. The caller holds the gate.</summary>
    private void Unblock()
    {
        while (_blocked.TryDequeue(out Http2Connection? stream))
        {
            stream.SessionUnblocked();
        }
    }
}
