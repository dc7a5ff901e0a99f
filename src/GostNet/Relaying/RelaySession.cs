namespace GostNet.Relaying;

/// <summary>Two connections that are relayed, and what can be seen and done while they are.</summary>
internal sealed class RelaySession(IConnection client, IConnection target, TimeProvider time) : IRelayed
{
    private long _lastActivity = time.GetTimestamp();
    private long _bytesFromClient;
    private long _bytesFromTarget;
    private int _endedDirections;
    private int _aborted;

    public IConnection Client { get; } = client;

    public IConnection Target { get; } = target;

    public long BytesFromClient => Volatile.Read(ref _bytesFromClient);

    public long BytesFromTarget => Volatile.Read(ref _bytesFromTarget);

    /// <summary>Whether one direction has ended and the other goes on.</summary>
    public bool IsHalfOpen => Volatile.Read(ref _endedDirections) == 1;

    /// <summary>Why the relay was aborted from outside, if it was.</summary>
    public ConnectionEnd AbortReason => (ConnectionEnd)Volatile.Read(ref _aborted);

    /// <summary>How long nothing has moved.</summary>
    public TimeSpan IdleTime => time.GetElapsedTime(Volatile.Read(ref _lastActivity));

    /// <summary>Notes that bytes moved. Each direction has one caller.</summary>
    public void Count(bool fromClient, int bytes)
    {
        ref long counter = ref fromClient ? ref _bytesFromClient : ref _bytesFromTarget;
        Volatile.Write(ref counter, counter + bytes);
        Volatile.Write(ref _lastActivity, time.GetTimestamp());
    }

    /// <summary>Notes that a direction has ended in good order. The half-open limit counts from here.</summary>
    public void EndDirection()
    {
        Volatile.Write(ref _lastActivity, time.GetTimestamp());
        Interlocked.Increment(ref _endedDirections);
    }

    /// <summary>Ends both connections at once. The first reason given stays.</summary>
    public void Abort(ConnectionEnd reason)
    {
        if (Interlocked.CompareExchange(ref _aborted, (int)reason, (int)ConnectionEnd.None) == (int)ConnectionEnd.None)
        {
            Client.Abort();
            Target.Abort();
        }
    }
}
