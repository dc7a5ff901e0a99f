using System.Net;
using GostNet.Relaying;

namespace GostNet;

/// <summary>One client's connection, or the flow of its datagrams, through a forward.</summary>
public sealed class ForwardedConnection
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Action _abort;
    private IRelayed? _relayed;
    private int _end;
    private int _aborted;
    private long _endedAt;

    internal ForwardedConnection(
        Forward forward, long id, EndPoint? client, TimeProvider time, bool counted, Action abort)
    {
        Forward = forward;
        Id = id;
        Client = client;
        IsCounted = counted;
        StartTime = time.GetUtcNow();
        _time = time;
        _start = time.GetTimestamp();
        _abort = abort;
    }

    /// <summary>A number that no other connection of this forwarder has.</summary>
    public long Id { get; }

    /// <summary>The forward it came in by.</summary>
    public Forward Forward { get; }

    /// <summary>The client's address, or <see langword="null"/> where the listener does not tell.</summary>
    public EndPoint? Client { get; }

    /// <summary>The target, or <see langword="null"/> until one has been reached. A client of an HTTP proxy may reach several, one after
    /// the other: this is the last. For somebody who connects to a port that a proxy's client listens on it is that client.</summary>
    public HostEndPoint? Target { get; private set; }

    /// <summary>When it came in.</summary>
    public DateTimeOffset StartTime { get; }

    /// <summary>How long it has lasted, until now or until its end.</summary>
    public TimeSpan Duration => _time.GetElapsedTime(_start, End == ConnectionEnd.None ? _time.GetTimestamp() : _endedAt);

    /// <summary>Bytes that went from the client to the target so far.</summary>
    public long BytesFromClient => _relayed?.BytesFromClient ?? 0;

    /// <summary>Bytes that went from the target to the client so far.</summary>
    public long BytesFromTarget => _relayed?.BytesFromTarget ?? 0;

    /// <summary>Why it ended; <see cref="ConnectionEnd.None"/> as long as it has not.</summary>
    public ConnectionEnd End => (ConnectionEnd)Volatile.Read(ref _end);

    /// <summary>The failure that ended it, if there was one.</summary>
    public Exception? Error { get; private set; }

    internal bool IsCounted { get; }

    internal bool IsAborted => Volatile.Read(ref _aborted) != 0;

    /// <summary>Ends it at once, in both directions. TCP clients and targets see a reset.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _aborted, 1) == 0)
        {
            Volatile.Read(ref _relayed)?.Abort(ConnectionEnd.Aborted); // first, because it notes why
            _abort(); // and what no relay knows of, such as a dial that is under way
        }
    }

    /// <summary>A target was reached, and what passes is counted from now on, on top of what was relayed before.</summary>
    internal void Attach(IRelayed relayed)
    {
        IRelayed all = _relayed is { } before ? new RelayedInTurn(before, relayed) : relayed;

        // A full fence: either this sees the abort, or the abort sees what to end.
        Interlocked.Exchange(ref _relayed, all);
        if (IsAborted)
        {
            relayed.Abort(ConnectionEnd.Aborted);
        }
    }

    internal void SetTarget(HostEndPoint target) => Target = target;

    internal void Close(ConnectionEnd end, Exception? error)
    {
        Error = error;
        _endedAt = _time.GetTimestamp();
        Volatile.Write(ref _end, (int)end);
    }
}
