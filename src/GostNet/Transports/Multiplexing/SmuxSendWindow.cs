namespace GostNet.Transports.Multiplexing;

/// <summary>How much may be sent on a stream of version 2 (smux, section 7).</summary>
internal struct SmuxSendWindow()
{
    /// <summary>What may be sent before the peer has said anything.</summary>
    public const int Initial = 256 * 1024;

    // Both count modulo 2^32.
    private uint _sent;
    private uint _consumed;
    private int _window = Initial;

    /// <summary>How many bytes may be sent now. Not positive if none may: a window can shrink below what is on its way.</summary>
    public readonly long Room => (long)_window - unchecked((int)(_sent - _consumed));

    public void Send(int count) => _sent = unchecked(_sent + (uint)count);

    /// <summary>Takes a window update; it replaces the one before.</summary>
    /// <returns>False if more was consumed than was sent.</returns>
    public bool TryUpdate(uint consumed, uint window)
    {
        if (unchecked((int)(_sent - consumed)) < 0)
        {
            return false;
        }

        _consumed = consumed;
        _window = (int)Math.Min(window, int.MaxValue);
        return true;
    }
}
