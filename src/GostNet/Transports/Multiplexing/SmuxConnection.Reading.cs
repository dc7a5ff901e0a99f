using GostNet.Internal;

namespace GostNet.Transports.Multiplexing;

/// <content>What arrives.</content>
internal sealed partial class SmuxConnection
{
    private long _lastRead;

    // Version 2, modulo 2^32: what was read, how much of it since the last report, and what that report says.
    private uint _consumed;
    private uint _unreported;
    private uint _reported;

    /// <summary>How many bytes are held unread.</summary>
    public int Held => Input.Held;

    /// <summary>When something was read last.</summary>
    public long LastRead => Volatile.Read(ref _lastRead);

    /// <summary>How much was read, for the next window update.</summary>
    public uint Reported => Volatile.Read(ref _reported);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => Input.ReadAsync(buffer, cancellationToken);

    /// <summary>Whether a frame of so many bytes keeps to the window that the peer was given (smux, section 11). Version 2 only.</summary>
    /// <remarks>What is held is what was sent less what was read. The peer may not know of the latest reading yet; it then sends less.
    /// </remarks>
    public bool MayReceive(int count, int limit)
    {
        lock (Input.Gate)
        {
            return Input.Fault is not null || Input.HasEnded || (long)Input.Unread + count <= limit;
        }
    }

    /// <summary>Takes data: straight into the buffer of a waiting reader if there is one, else into the stream's own.</summary>
    /// <param name="data">Some or all of a frame's data.</param>
    /// <param name="kept">How many bytes the stream's own buffer took.</param>
    /// <param name="isUpdateDue">Whether a window update is due.</param>
    /// <returns>False if the data was dropped, because either end has said that there is to be no more.</returns>
    public bool Receive(ReadOnlySpan<byte> data, out int kept, out bool isUpdateDue)
    {
        kept = 0;
        isUpdateDue = false;
        lock (Input.Gate)
        {
            if (Input.HasEnded)
            {
                return false;
            }

            if (Input.Fault is not null)
            {
                isUpdateDue = Consume(data.Length) > 0; // else a peer that does not know yet would wait for its window for ever
                return false;
            }

            kept = Input.Append(data);
            return true;
        }
    }

    /// <summary>The session is over. What arrived can still be read; unless the peer had ended the stream, a failure follows.</summary>
    public void SessionEnded(StreamFault fault)
    {
        Input.Fail(fault);
        Input.Wake();
        lock (_session.Gate)
        {
            _peerIsGone = fault;
            _output.Fail(fault.ToException());
            _session.Settle(this);
        }
    }

    private void CloseReading(StreamFault fault) => _session.ReturnTokens(Input.Close(fault));

    /// <summary>Counts what the application has read. The caller holds the gate of <see cref="Input"/>.</summary>
    /// <returns>What the peer is to be told: nothing but after the first reading, and after each half window (smux, section 7).</returns>
    public int Consume(int count)
    {
        if (count == 0)
        {
            return 0;
        }

        Volatile.Write(ref _lastRead, _session.Time.GetTimestamp());
        _consumed = unchecked(_consumed + (uint)count);
        _unreported = unchecked(_unreported + (uint)count);
        bool isDue = _session.Options.Version == 2
            && (_consumed == (uint)count || _unreported >= (uint)(_session.Options.StreamBuffer / 2));
        if (!isDue)
        {
            return 0;
        }

        int due = (int)Math.Min(_unreported, int.MaxValue);
        _unreported = 0;
        Volatile.Write(ref _reported, _consumed);
        return due;
    }

    void IStreamInputOwner.OnRead(int count, int credit)
    {
        _session.ReturnTokens(count);
        if (credit > 0)
        {
            _session.SendUpdate(this);
        }
    }

    void IStreamInputOwner.OnReadToEnd()
    {
        lock (_session.Gate)
        {
            IsReadToEnd = true;
            _session.Settle(this);
        }
    }
}
