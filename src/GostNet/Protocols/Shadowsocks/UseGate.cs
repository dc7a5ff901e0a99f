namespace GostNet.Protocols.Shadowsocks;

/// <summary>Lets one at a time use what must not be released under anybody's hands. Whoever closes it while it is in use leaves releasing
/// to the user.</summary>
internal struct UseGate
{
    private const int Idle = 0;
    private const int InUse = 1;
    private const int Closed = 2;

    private int _state;

    /// <summary>Begins to use it.</summary>
    /// <param name="use">What for, in the words of a failure: "read".</param>
    public void Enter(string use)
    {
        int state = Interlocked.CompareExchange(ref _state, InUse, Idle);
        ObjectDisposedException.ThrowIf(state == Closed, typeof(ShadowsocksConnection));
        if (state == InUse)
        {
            throw new InvalidOperationException($"Another {use} is in flight.");
        }
    }

    /// <summary>Ends using it.</summary>
    /// <returns>Whether the caller is to release it now.</returns>
    public bool Leave() => Interlocked.CompareExchange(ref _state, Idle, InUse) == Closed;

    /// <summary>Lets nobody in any more.</summary>
    /// <returns>Whether the caller is to release it now.</returns>
    public bool Close() => Interlocked.Exchange(ref _state, Closed) == Idle;
}
