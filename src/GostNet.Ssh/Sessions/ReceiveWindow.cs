namespace GostNet.Ssh.Sessions;

/// <summary>How much the peer may send on a channel, and when it is told that it may send more (ssh, section 3.1).</summary>
/// <remarks>Only what the application has taken is allowed anew. If half a window for each round trip is taken, twice running, it is the
/// window that holds the peer back, and it is to grow. Not thread-safe.</remarks>
/// <param name="size">Its size at first, in bytes.</param>
internal struct ReceiveWindow(int size)
{
    /// <summary>What is taken before the peer is told: three packets, as OpenSSH does.</summary>
    public const int CreditStep = 3 * Packet;

    private const int Packet = 32 * 1024;

    private long _left = size;
    private int _taken;
    private long _measured;
    private long _measuredSince;
    private bool _isFast;

    /// <summary>Its size, in bytes: what the peer may have sent before the application has taken any of it.</summary>
    public int Size { get; private set; } = size;

    /// <summary>What the peer may still send, in bytes.</summary>
    public readonly long Left => _left;

    /// <summary>Takes what has arrived off the window.</summary>
    /// <returns>False if the window does not allow it.</returns>
    public bool TryReceive(int count)
    {
        if (count > _left)
        {
            return false;
        }

        _left -= count;
        return true;
    }

    /// <summary>Counts what the application has taken.</summary>
    /// <returns>Whether the peer is to be told.</returns>
    public bool Take(int count)
    {
        _taken += count;
        return _taken >= CreditStep || (_taken >= Packet && _left < Size / 2);
    }

    /// <summary>Allows the peer to send as much as was taken.</summary>
    /// <param name="now">The present timestamp.</param>
    /// <param name="roundTrip">How long a round trip takes, in the same unit; 0 if that is not known.</param>
    /// <param name="minPeriod">The shortest time that says something about a rate, in the same unit: in less the application may take what
    /// had lain there for long.</param>
    /// <param name="isTight">Whether the window holds the peer back.</param>
    /// <returns>What the peer is to be told, in bytes.</returns>
    public int Credit(long now, long roundTrip, long minPeriod, out bool isTight)
    {
        int credit = _taken;
        _left += credit;
        _taken = 0;
        isTight = false;
        _measured += credit;
        long period = now - _measuredSince;
        if (period >= Math.Max(roundTrip, minPeriod))
        {
            bool isFast = _measuredSince != 0 && _measured * (double)roundTrip >= Size / 2 * (double)period;
            isTight = isFast && _isFast;
            _isFast = isFast && !isTight;
            _measuredSince = now;
            _measured = 0;
        }

        return credit;
    }

    /// <summary>Makes the window larger; the peer is told with the next credit.</summary>
    public void Grow(int count)
    {
        Size += count;
        _left += count;
    }
}
