using System.Collections.Concurrent;
using System.Net;

namespace GostNet.Testing;

/// <summary>A network without sockets, for tests: what is dialled reaches what listens in the same object.</summary>
/// <remarks>
/// <para>Listening on a name makes the name known: <c>ListenAsync(new("db", 5432))</c> answers whoever dials <c>db:5432</c>.
/// <c>localhost</c>, <c>127.0.0.1</c> and <c>::1</c> are one host, which an empty host to dial means too; an empty host to listen on
/// answers there. Each other name has an address of its own, which <see cref="Resolve"/> tells. Where nothing listens, connections and
/// datagrams are refused. Nothing happens by chance or after a time; what is to go wrong is said beforehand:</para>
/// <code>
/// InMemoryNetwork network = new();
/// await using IListener db = await network.ListenAsync(new("db", 5432));
/// network.Fail(new("db", 5432), ForwardError.TimedOut);                           // the first dial fails
/// ForwardException e = await Assert.ThrowsAsync&lt;ForwardException&gt;(() =&gt; network.Dialer.DialAsync(new("db", 5432)).AsTask());
/// await using IConnection client = await network.Dialer.DialAsync(new("db", 5432)); // the second does not
/// await using IConnection? server = await db.AcceptAsync();
/// </code>
/// <para>Connections are <see cref="InMemoryConnection"/>s. A datagram listener may send to any address, whether it has heard of it or
/// not: another listener's, or that of a socket that was dialled to it; what it sends elsewhere is lost. All members may be called from
/// several threads at once.</para>
/// </remarks>
public sealed class InMemoryNetwork : INetwork
{
    private const int FirstClientPort = 32768;
    private const int ClientPorts = 16384; // up to where the ports of listeners begin

    private readonly Lock _gate = new();
    private readonly List<HostEndPoint> _dials = [];
    private readonly Dictionary<InMemoryAddress, Queue<ScriptedDial>> _scripts = [];
    private readonly Dictionary<InMemoryAddress, int> _failingListens = [];
    private readonly InMemoryNames _names = new();
    private readonly ConcurrentDictionary<EndPoint, InMemoryDatagramSocket> _datagramSockets = new();
    private readonly InMemorySignal _dialled = new();
    private readonly int _bufferSize = InMemoryDirection.DefaultBufferSize;
    private readonly int _datagramQueueLength = 1024;
    private long _lostDatagrams;
    private uint _clients;

    /// <summary>Makes a network in which nothing listens.</summary>
    public InMemoryNetwork()
    {
        Dialer = new InMemoryDialer(this);
        DatagramDialer = new InMemoryDatagramDialer(this);
    }

    /// <summary>How many unread bytes each direction of a connection holds before a write waits.</summary>
    /// <value>64 KiB by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int BufferSize
    {
        get => _bufferSize;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _bufferSize = value;
        }
    }

    /// <summary>How many datagrams a socket or listener holds; further ones are lost.</summary>
    /// <value>1024 by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public int DatagramQueueLength
    {
        get => _datagramQueueLength;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            _datagramQueueLength = value;
        }
    }

    /// <inheritdoc/>
    public IDialer Dialer { get; }

    /// <inheritdoc/>
    public IDatagramDialer DatagramDialer { get; }

    /// <summary>What was dialled so far, in order, for connections and for datagrams, with or without success.</summary>
    public IReadOnlyList<HostEndPoint> Dials
    {
        get
        {
            lock (_gate)
            {
                return [.. _dials];
            }
        }
    }

    /// <summary>How many datagrams were lost: the queue was full, the buffer too small, or the receiver gone.</summary>
    public long LostDatagrams => Interlocked.Read(ref _lostDatagrams);

    internal InMemoryPorts<InMemoryListener> Listeners { get; } = new();

    internal InMemoryPorts<InMemoryDatagramListener> DatagramListeners { get; } = new();

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        InMemoryTask.RunAsync<IListener>(() =>
        {
            BeginListen(endPoint, cancellationToken);
            _names.Add(endPoint);
            return Listeners.Bind(endPoint, address => new(address, Listeners));
        });

    /// <inheritdoc/>
    public ValueTask<IDatagramListener> ListenDatagramsAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        InMemoryTask.RunAsync<IDatagramListener>(() =>
        {
            BeginListen(endPoint, cancellationToken);
            _names.Add(endPoint);
            return DatagramListeners.Bind(endPoint, address => new(address, this));
        });

    /// <inheritdoc/>
    /// <remarks>As <see cref="Resolve"/>; no other resolver is asked.</remarks>
    public ValueTask<IPAddress[]> ResolveAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        InMemoryTask.RunAsync<IPAddress[]>(() =>
        {
            ArgumentNullException.ThrowIfNull(endPoint);
            cancellationToken.ThrowIfCancellationRequested();
            return [_names.Find(endPoint) ?? throw CreateFailure(endPoint, ForwardError.NameNotResolved)];
        });

    /// <summary>The address of a host, for code that sends datagrams to addresses.</summary>
    /// <param name="host">An address, which is its own; <c>localhost</c> or "", which is 127.0.0.1; or a name that was listened on.</param>
    /// <returns>An address out of 198.18.0.0/15 for a name, always the same.</returns>
    /// <exception cref="ForwardException"><see cref="ForwardError.NameNotResolved"/>: nothing was ever listened for under that
    /// name.</exception>
    public IPAddress Resolve(string host)
    {
        HostEndPoint target = new(host, 0);
        return _names.Find(target) ?? throw CreateFailure(target, ForwardError.NameNotResolved);
    }

    /// <summary>Waits until so many dials were made, those that hang and those that failed included.</summary>
    /// <param name="count">How many, from the beginning.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task WaitForDialsAsync(int count, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task dialled = _dialled.Next;
            lock (_gate)
            {
                if (_dials.Count >= count)
                {
                    return;
                }
            }

            await dialled.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the next dials of a target fail, after what was asked for the target before.</summary>
    /// <remarks>The fault is the target's, but for <see cref="ForwardError.LocalResources"/>.</remarks>
    /// <param name="target">The target, whether something listens there or not.</param>
    /// <param name="error">The reason that the <see cref="ForwardException"/> gives.</param>
    /// <param name="times">How many dials. <see cref="int.MaxValue"/> lasts until <see cref="Restore"/>.</param>
    public void Fail(HostEndPoint target, ForwardError error, int times = 1) => Script(target, error, bytes: null, times);

    /// <summary>Makes the next dials of a target wait until they are cancelled, after what was asked for the target before.</summary>
    /// <param name="target">The target, whether something listens there or not.</param>
    /// <param name="times">How many dials. <see cref="int.MaxValue"/> lasts until <see cref="Restore"/>.</param>
    public void Hang(HostEndPoint target, int times = 1) => Script(target, error: null, bytes: null, times);

    /// <summary>Makes the next connections to a target break, after what was asked for the target before.</summary>
    /// <remarks>Datagrams take no notice.</remarks>
    /// <param name="target">The target.</param>
    /// <param name="bytes">How many bytes come through, both ways together; see <see cref="InMemoryConnection.FailAfter"/>.</param>
    /// <param name="times">How many connections. <see cref="int.MaxValue"/> lasts until <see cref="Restore"/>.</param>
    public void FailAfter(HostEndPoint target, long bytes, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Script(target, error: null, bytes, times);
    }

    /// <summary>Takes back what <see cref="Fail"/>, <see cref="Hang"/> and <see cref="FailAfter"/> have yet to do to a target.</summary>
    /// <param name="target">The target. Dials that hang already go on hanging.</param>
    public void Restore(HostEndPoint target)
    {
        ArgumentNullException.ThrowIfNull(target);
        lock (_gate)
        {
            _scripts.Remove(InMemoryAddress.ForDialing(target));
        }
    }

    /// <summary>Makes the next attempts to listen at an end point fail with an <see cref="IOException"/>.</summary>
    /// <param name="endPoint">Where, as it will be asked for, for connections or datagrams.</param>
    /// <param name="times">How many attempts.</param>
    public void FailListens(HostEndPoint endPoint, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        lock (_gate)
        {
            _failingListens[InMemoryAddress.ForListening(endPoint)] = times;
        }
    }

    /// <summary>Makes a listener fail to accept with an <see cref="IOException"/>, as if file descriptors had run out.</summary>
    /// <remarks>An accept that waits fails now. Connections that wait already are accepted first, and none is lost.</remarks>
    /// <param name="endPoint">Where the listener is reached.</param>
    /// <param name="times">How many accepts. They take room in the backlog of 512.</param>
    /// <exception cref="InvalidOperationException">Nothing listens there, or the backlog is full.</exception>
    public void FailAccepts(HostEndPoint endPoint, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        InMemoryListener listener = Listeners.Find(endPoint) ?? throw new InvalidOperationException($"Nothing listens at {endPoint}.");
        listener.FailAccepts(times);
    }

    internal static ForwardException CreateFailure(HostEndPoint target, ForwardError error) =>
        new(error, $"{target} was not reached in memory: {error}.")
        {
            Target = target,
            IsTargetFault = error != ForwardError.LocalResources,
        };

    internal static void ThrowIfTooLarge(int size, EndPoint target)
    {
        if (size > InMemoryDatagram.MaxSize)
        {
            throw new ForwardException(
                ForwardError.DatagramTooLarge, $"A datagram of {size} bytes to {target} exceeds {InMemoryDatagram.MaxSize}.")
            {
                Target = target as HostEndPoint,
            };
        }
    }

    /// <summary>Notes a dial and plays what was scripted for it.</summary>
    internal async ValueTask<ScriptedDial?> BeginDialAsync(HostEndPoint target, bool isDatagram, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        cancellationToken.ThrowIfCancellationRequested();
        ScriptedDial? script;
        lock (_gate)
        {
            _dials.Add(target);
            script = TakeScript(InMemoryAddress.ForDialing(target), isDatagram);
        }

        _dialled.Raise();
        if (script?.Error is { } error)
        {
            throw CreateFailure(target, error);
        }

        if (script is { Bytes: null })
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return script;
    }

    internal IPEndPoint NextClientEndPoint() =>
        new(IPAddress.Loopback, FirstClientPort + (int)(Interlocked.Increment(ref _clients) % ClientPorts));

    internal InMemoryDatagramSocket OpenDatagramSocket(HostEndPoint target)
    {
        for (int tries = 0; tries < ClientPorts; tries++)
        {
            IPEndPoint local = NextClientEndPoint();
            InMemoryDatagramSocket socket = new(this, target, local);
            if (_datagramSockets.TryAdd(local, socket))
            {
                return socket;
            }
        }

        throw CreateFailure(target, ForwardError.LocalResources);
    }

    internal void ReleaseDatagramSocket(IPEndPoint localEndPoint) => _datagramSockets.TryRemove(localEndPoint, out _);

    /// <summary>Delivers a listener's datagram to the socket that is connected to it, or to the listener that is there.</summary>
    /// <param name="listener">The sender.</param>
    /// <param name="from">Where it listens.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="payload">The datagram's bytes.</param>
    /// <returns>Whether it arrived.</returns>
    internal bool TrySend(InMemoryDatagramListener listener, InMemoryAddress from, IPEndPoint destination, byte[] payload)
    {
        InMemoryDatagram datagram = new(payload, new(_names.AddressOf(from), from.Port));
        return _datagramSockets.TryGetValue(destination, out InMemoryDatagramSocket? socket)
            ? DatagramListeners.Find(socket.Target) == listener && socket.TryDeliver(datagram)
            : DatagramListeners.Find(_names.NameOf(destination))?.TryDeliver(datagram) ?? false;
    }

    internal void CountLostDatagram() => Interlocked.Increment(ref _lostDatagrams);

    private void BeginListen(HostEndPoint endPoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        cancellationToken.ThrowIfCancellationRequested();
        InMemoryAddress address = InMemoryAddress.ForListening(endPoint);
        lock (_gate)
        {
            if (_failingListens.TryGetValue(address, out int times) && times > 0)
            {
                _failingListens[address] = times - 1;
                throw new IOException($"{endPoint} cannot be listened on: it was asked to fail.");
            }
        }
    }

    private void Script(HostEndPoint target, ForwardError? error, long? bytes, int times)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        InMemoryAddress address = InMemoryAddress.ForDialing(target);
        lock (_gate)
        {
            if (!_scripts.TryGetValue(address, out Queue<ScriptedDial>? scripts))
            {
                _scripts.Add(address, scripts = new());
            }

            scripts.Enqueue(new(error, bytes, times));
        }
    }

    private ScriptedDial? TakeScript(InMemoryAddress address, bool isDatagram)
    {
        if (!_scripts.TryGetValue(address, out Queue<ScriptedDial>? scripts)
            || !scripts.TryPeek(out ScriptedDial? script) || (isDatagram && script.Bytes is not null))
        {
            return null;
        }

        if (script.Times != int.MaxValue && --script.Times == 0)
        {
            scripts.Dequeue();
        }

        return script;
    }
}
