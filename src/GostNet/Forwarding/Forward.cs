using System.Net;

namespace GostNet;

/// <summary>One listening address of a forwarder, and what becomes of what arrives there.</summary>
public sealed class Forward
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ForwardState _state;
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

    /// <summary>Where it does listen, with the port that was given if port 0 was asked for; <see langword="null"/> before it does. What
    /// listens at the far end of a chain keeps the last one while that is lost.</summary>
    public EndPoint? LocalEndPoint { get; internal set; }

    /// <summary>The targets it was given. A proxy server has none: its clients name theirs.</summary>
    public IReadOnlyList<Node> Targets { get; }

    /// <summary>Where it is in its life.</summary>
    public ForwardState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Why it ended by itself, or why it does not listen at the far end of its chain just now; <see langword="null"/> while it
    /// listens.</summary>
    public Exception? Error { get; internal set; }

    /// <summary>How many connections or flows it has had, those that live included.</summary>
    public long TotalConnections => Volatile.Read(ref _totalConnections);

    /// <summary>How many datagrams went nowhere.</summary>
    public long DroppedDatagrams => Volatile.Read(ref _droppedDatagrams);

    internal string Transport => Kind is ForwardKind.LocalUdp or ForwardKind.RemoteUdp or ForwardKind.DatagramProxy ? "udp" : "tcp";

    /// <summary>Waits until it listens. For a forward that listens at the far end of a chain that is when the far end has said so.</summary>
    /// <remarks>A far end that cannot be had is asked again and again, and this waits as long; <see cref="Error"/> says meanwhile what is
    /// wrong. Returns at once if it listens already.</remarks>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Where it listens, as <see cref="LocalEndPoint"/>.</returns>
    /// <exception cref="InvalidOperationException">It was stopped, or ended by itself.</exception>
    public async Task<EndPoint> WaitUntilListeningAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
                switch (_state)
                {
                    case ForwardState.Listening:
                        return LocalEndPoint!;
                    case ForwardState.Draining or ForwardState.Stopped or ForwardState.Faulted:
                        throw new InvalidOperationException($"{Name} listens no more: it is {_state}.", Error);
                }
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Moves on to another state, unless that leads back: from being stopped to listening, or out of an end.</summary>
    /// <returns>Whether it did.</returns>
    internal bool MoveTo(ForwardState state)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            int stage = StageOf(_state);
            if (stage == StageOf(ForwardState.Stopped) || StageOf(state) < stage)
            {
                return false;
            }

            _state = state;
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        return true;
    }

    internal void CountConnection() => Interlocked.Increment(ref _totalConnections);

    internal void CountDroppedDatagram() => Interlocked.Increment(ref _droppedDatagrams);

    private static int StageOf(ForwardState state) => state switch
    {
        ForwardState.Created => 0,
        ForwardState.Draining => 2,
        ForwardState.Stopped or ForwardState.Faulted => 3,
        _ => 1,
    };
}
