using System.Buffers;
using System.Net;
using GostNet.Internal;

namespace GostNet.Relaying;

/// <summary>Carries datagrams between the clients of one listener and their targets: a flow for each client.</summary>
internal sealed class DatagramRelay : IAsyncDisposable
{
    /// <summary>Holds any datagram: the length field of UDP has 16 bits.</summary>
    public const int BufferSize = 65536;

    private readonly Lock _gate = new();
    private readonly Dictionary<SocketAddress, DatagramFlow> _flows = [];
    private readonly ExpiryQueue<DatagramFlow> _idle = new(flow => flow.LastActivity, flow => flow.IsClosed);
    private readonly ITimer _timer;
    private readonly RunningCount _tracked = new(); // and the relay itself, until it is disposed
    private int _opening;
    private bool _timerArmed;
    private long _received;

    public DatagramRelay(IDatagramListener listener, IDatagramRelayOwner owner, DatagramRelayOptions options, TimeProvider time)
    {
        Listener = listener;
        Owner = owner;
        Options = options;
        Time = time;
        _timer = time.CreateTimer(static relay => ((DatagramRelay)relay!).EndIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IDatagramListener Listener { get; }

    public IDatagramRelayOwner Owner { get; }

    public DatagramRelayOptions Options { get; }

    public TimeProvider Time { get; }

    /// <summary>How many datagrams the clients have sent.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Receives and forwards until the listener is closed.</summary>
    /// <exception cref="IOException">Nothing could be received just now. Running it again goes on where it stopped.</exception>
    public async Task RunAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            SocketAddress source = Listener.CreateAddress();
            while (await Listener.ReceiveFromAsync(buffer, source, CancellationToken.None).ConfigureAwait(false) is var size and >= 0)
            {
                Volatile.Write(ref _received, _received + 1);
                DatagramFlow? flow = FlowOf(source, size, out bool isNew);
                flow?.Forward(ref buffer, size);
                if (isNew)
                {
                    Track(flow!.RunAsync()); // with its first datagram in hand
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Counts a datagram that went nowhere.</summary>
    public void Drop(int size, string reason) => Owner.DatagramDropped(size, reason);

    /// <summary>Keeps the relay from ending before a task of a flow has.</summary>
    public void Track(Task task)
    {
        _tracked.Enter();
        _ = UntrackAsync(task);
    }

    /// <summary>A flow's target is open.</summary>
    public void Opened() => Interlocked.Decrement(ref _opening);

    /// <summary>A flow has ended.</summary>
    public void Closed(DatagramFlow flow, bool wasOpen, ConnectionEnd reason, Exception? error)
    {
        if (!wasOpen)
        {
            Interlocked.Decrement(ref _opening);
        }

        lock (_gate)
        {
            if (_flows.TryGetValue(flow.Client, out DatagramFlow? present) && present == flow)
            {
                _flows.Remove(flow.Client);
            }

            _idle.Trim(_flows.Count);
        }

        Owner.FlowClosed(flow, reason, error);
    }

    /// <summary>Ends all flows and waits until nothing of them is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        DatagramFlow[] flows;
        lock (_gate)
        {
            flows = [.. _flows.Values];
        }

        foreach (DatagramFlow flow in flows)
        {
            flow.Abort(ConnectionEnd.Aborted);
        }

        _tracked.Leave();
        await _tracked.Drained.ConfigureAwait(false);
    }

    private DatagramFlow? FlowOf(SocketAddress source, int size, out bool isNew)
    {
        isNew = false;
        DatagramFlow flow;
        lock (_gate)
        {
            if (_flows.TryGetValue(source, out DatagramFlow? known) && !known.IsClosed)
            {
                return known;
            }

            if (Volatile.Read(ref _opening) >= Options.Backlog)
            {
                Drop(size, "too many flows wait for their target");
                return null;
            }

            if (_flows.Count >= Options.MaxFlows)
            {
                DatagramFlow? idlest = _idle.Peek(out _);
                if (idlest is not null)
                {
                    _idle.Remove();
                    _flows.Remove(idlest.Client);
                    idlest.Abort(ConnectionEnd.Evicted);
                }
            }

            SocketAddress client = Listener.CreateAddress();
            source.CopyTo(client);
            flow = new DatagramFlow(this, client, Listener.GetEndPoint(client));
            _flows[client] = flow;
            _idle.Add(flow);
            Interlocked.Increment(ref _opening);
            ArmTimer();
        }

        Owner.FlowOpened(flow);
        isNew = true;
        return flow;
    }

    private void EndIdle()
    {
        lock (_gate)
        {
            _timerArmed = false;
            while (_idle.Peek(out long stamp) is { } flow && Time.GetElapsedTime(stamp) >= Options.IdleTimeout)
            {
                _idle.Remove();
                _flows.Remove(flow.Client);
                flow.Abort(ConnectionEnd.IdleTimeout);
            }

            ArmTimer();
        }
    }

    /// <summary>Sets the timer to the moment when the idlest flow would have been idle for too long.</summary>
    private void ArmTimer()
    {
        if (!_timerArmed && _idle.Peek(out long stamp) is not null)
        {
            TimeSpan left = Options.IdleTimeout - Time.GetElapsedTime(stamp);
            _timerArmed = _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task UntrackAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        finally
        {
            _tracked.Leave();
        }
    }
}
