using System.Net;

namespace GostNet;

/// <summary>One listening address of a forwarder, and what becomes of what arrives there.</summary>
public sealed class Forward
{
    private int _state;
    private long _totalConnections;
    private long _droppedDatagrams;

    internal Forward(ForwardKind kind, string name, HostEndPoint listen, IReadOnlyList<Node> targets)
    {
        Kind = kind;
        Name = name;
        ListenEndPoint = listen;
        Targets = targets;
    }

    /// <summary>What it carries.</summary>
    public ForwardKind Kind { get; }

    /// <summary>What logs and metrics call it.</summary>
    public string Name { get; }

    /// <summary>Where it was told to listen.</summary>
    public HostEndPoint ListenEndPoint { get; }

    /// <summary>Where it does listen, with the port that was given if port 0 was asked for; <see langword="null"/> before it does.</summary>
    public EndPoint? LocalEndPoint { get; internal set; }

    /// <summary>The targets it was given.</summary>
    public IReadOnlyList<Node> Targets { get; }

    /// <summary>Where it is in its life.</summary>
    public ForwardState State
    {
        get => (ForwardState)Volatile.Read(ref _state);
        internal set => Volatile.Write(ref _state, (int)value);
    }

    /// <summary>Why it ended by itself, if it did.</summary>
    public Exception? Error { get; internal set; }

    /// <summary>How many connections or flows it has had, those that live included.</summary>
    public long TotalConnections => Volatile.Read(ref _totalConnections);

    /// <summary>How many datagrams went nowhere.</summary>
    public long DroppedDatagrams => Volatile.Read(ref _droppedDatagrams);

    internal string Transport => Kind == ForwardKind.LocalUdp ? "udp" : "tcp";

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void CountConnection() => Interlocked.Increment(ref _totalConnections);

    internal void CountDroppedDatagram() => Interlocked.Increment(ref _droppedDatagrams);
}
