using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What leaves.</content>
internal sealed partial class SmuxSession
{
    // A batch is full at this size. The frame that fills it may be longer, for frames are not cut by where they stand.
    private const int BatchSize = 64 * 1024;

    private readonly Queue<ControlFrame> _control = [];
    private readonly Queue<SmuxConnection> _updates = [];
    private readonly Queue<SmuxConnection> _ready = [];
    private long _writeStarted;
    private bool _isNopDue;
    private bool _isHelloAsked;
    private bool _isHelloSent;

    public bool HasWork => !_drained.Task.IsCompleted
        && (_control.Count > 0 || _updates.Count > 0 || _ready.Count > 0 || _isNopDue || (_isHelloAsked && !_isHelloSent));

    /// <summary>Queues a stream that has a frame to send. The caller holds the gate, and calls <see cref="Flush"/> without it.</summary>
    internal void Offer(SmuxConnection stream)
    {
        if (!_isEnded)
        {
            _ready.Enqueue(stream);
        }
    }

    /// <summary>Tells the peer how much was read of a stream.</summary>
    internal void SendUpdate(SmuxConnection stream, bool flush = true)
    {
        lock (Gate)
        {
            if (!_isEnded && !stream.IsUpdateQueued)
            {
                stream.IsUpdateQueued = true;
                _updates.Enqueue(stream);
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

    void IBatchSource.OnWriterRest()
    {
        if (_isClosing && _finsOwed == 0)
        {
            _drained.TrySetResult();
        }
    }

    void IBatchSource.OnWriteWait(bool isWaiting)
    {
        lock (Gate)
        {
            _writeStarted = isWaiting ? Time.GetTimestamp() : 0;
            if (isWaiting)
            {
                StartTicking();
            }
        }
    }

    void IBatchSource.OnWriteFailed(Exception error) => End(CarrierFailed(error));

    /// <summary>Fills a batch: control frames first, then a frame of each stream in turn. The caller holds the gate.</summary>
    int IBatchSource.FillBatch(Span<byte> batch)
    {
        int position = 0;
        if ((Options.AnnounceHalfClose || _isHelloAsked) && !_isHelloSent)
        {
            _isHelloSent = true;
            position += SmuxCodec.WriteHeader(batch, new(_version, SmuxCommand.Nop, 0, HalfCloseMark));
        }

        while (position < BatchSize && _control.TryDequeue(out ControlFrame frame))
        {
            position += SmuxCodec.WriteHeader(batch[position..], new(_version, frame.Command, 0, frame.StreamId));
            frame.Opening?.Opened();
        }

        while (position < BatchSize && _updates.TryDequeue(out SmuxConnection? stream))
        {
            stream.IsUpdateQueued = false;
            position += SmuxCodec.WriteUpdate(
                batch[position..], _version, stream.Id, stream.Reported, (uint)Options.StreamBuffer);
        }

        if (_isNopDue)
        {
            _isNopDue = false;
            position += SmuxCodec.WriteHeader(batch[position..], new(_version, SmuxCommand.Nop, 0, 0));
        }

        while (position < BatchSize && _ready.TryDequeue(out SmuxConnection? stream))
        {
            position += stream.TakeFrame(batch[position..]);
        }

        return position;
    }

    /// <summary>A frame that is nothing but a header.</summary>
    /// <param name="Command">What it says.</param>
    /// <param name="StreamId">The stream.</param>
    /// <param name="Opening">The stream that is opened by it, if it is.</param>
    private readonly record struct ControlFrame(SmuxCommand Command, uint StreamId, SmuxConnection? Opening);
}
