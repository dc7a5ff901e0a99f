using System.Threading.Channels;
using GostNet.Diagnostics;
using GostNet.Testing;

namespace GostNet.Tests.Shared;

/// <summary>A forwarder in memory with a clock that the test moves. Its end fails the test if anything of the forwarder is left.</summary>
internal sealed class ForwardScene : IAsyncDisposable
{
    /// <summary>Where <see cref="StartTcpAsync"/> and <see cref="StartUdpAsync"/> listen.</summary>
    public static readonly HostEndPoint Front = new("front", 1);

    private readonly Channel<ForwardedConnection> _opened = Channel.CreateUnbounded<ForwardedConnection>();
    private readonly Channel<ForwardedConnection> _closed = Channel.CreateUnbounded<ForwardedConnection>();
    private Forwarder? _forwarder;
    private int _relayed;

    public ForwardScene(InMemoryNetwork? network = null)
    {
        Network = network ?? new();
        Recorded = new(Network);
        Builder = new ForwardBuilder()
            .UseNetwork(Recorded).UseTimeProvider(Time).UseLoggerFactory(Log).UseMeterFactory(Meters);
    }

    public InMemoryNetwork Network { get; }

    /// <summary>The same network, as the forwarder sees it.</summary>
    public RecordingNetwork Recorded { get; }

    public ManualTimeProvider Time { get; } = new();

    public RecordingLoggerFactory Log { get; } = new();

    public RecordingMeterFactory Meters { get; } = new();

    public ForwardBuilder Builder { get; }

    /// <summary>The forwarder, built of <see cref="Builder"/> when it is first asked for.</summary>
    public Forwarder Forwarder => _forwarder ??= Build();

    /// <summary>Is called as the forwarder tells that a connection has come in.</summary>
    public Action<ForwardedConnection>? WhenOpened { get; set; }

    public Forward Forward => Forwarder.Forwards[0];

    /// <summary>The next target that was dialled, less what the test itself dialled at <see cref="Front"/>.</summary>
    public IEnumerable<HostEndPoint> TargetDials => Network.Dials.Where(dialled => dialled != Front);

    /// <summary>A name that stands for a target: <c>a</c> is <c>a:1</c>.</summary>
    public static HostEndPoint At(string name) => new(name, 1);

    public ValueTask<IListener> ListenAsync(string target) => Network.ListenAsync(At(target));

    public ValueTask<IDatagramListener> ListenDatagramsAsync(string target) => Network.ListenDatagramsAsync(At(target));

    /// <summary>Starts a TCP forward to targets by name, one letter each.</summary>
    public async Task StartTcpAsync(string targets, LocalTcpOptions? options = null)
    {
        Builder.LocalTcp(Front, targets.Select(t => At($"{t}")), options);
        await Forwarder.StartAsync().OrFail();
    }

    /// <summary>Starts a UDP forward to targets by name, one letter each.</summary>
    public async Task StartUdpAsync(string targets, LocalUdpOptions? options = null)
    {
        Builder.LocalUdp(Front, targets.Select(t => At($"{t}")), options);
        await Forwarder.StartAsync().OrFail();
    }

    /// <summary>Connects to the forward as a client does.</summary>
    public async Task<InMemoryConnection> ConnectAsync() => (InMemoryConnection)await Network.Dialer.DialAsync(Front).OrFail();

    /// <summary>Connects to the forward, takes the connection that it opens to a target, and waits until it relays.</summary>
    public async Task<(InMemoryConnection Client, InMemoryConnection Target)> ConnectAsync(IListener target)
    {
        InMemoryConnection client = await ConnectAsync();
        IConnection? accepted = await target.AcceptAsync().OrFail();
        await Log.WaitForAsync(LogEventIds.ConnectionOpened, ++_relayed).OrFail();
        return (client, (InMemoryConnection)accepted!);
    }

    /// <summary>A datagram client of the forward.</summary>
    public async Task<IDatagramSocket> OpenClientAsync() => await Network.DatagramDialer.DialAsync(Front).OrFail();

    /// <summary>Waits for the pause after a failure to accept or receive, and lets it pass.</summary>
    /// <param name="failures">How many such failures there were, with this one.</param>
    /// <param name="milliseconds">How long the pause is to be.</param>
    /// <param name="otherTimers">How many timers the forward has armed beside it.</param>
    public async Task PassPauseAsync(int failures, double milliseconds, int otherTimers = 0)
    {
        LogEntry entry = await Log.WaitForAsync(LogEventIds.AcceptFailed, failures).OrFail();
        Assert.Equal(milliseconds, entry.Values["Milliseconds"]);
        await Time.WaitForTimersAsync(otherTimers + 1).OrFail();
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
    }

    /// <summary>The next connection that the forwarder tells to have come in.</summary>
    public Task<ForwardedConnection> NextOpenedAsync() => _opened.Reader.ReadAsync().OrFail();

    /// <summary>The next connection that the forwarder tells to have ended.</summary>
    public Task<ForwardedConnection> NextClosedAsync() => _closed.Reader.ReadAsync().OrFail();

    public async ValueTask DisposeAsync()
    {
        await Forwarder.DisposeAsync().OrFail();
        Assert.Empty(Forwarder.Connections);
        Assert.Equal(0, Time.ArmedTimers);
        await Recorded.AssertAllClosedAsync();
        Meters.Dispose();
    }

    private Forwarder Build()
    {
        Forwarder forwarder = Builder.Build();
        forwarder.ConnectionOpened += (_, e) => WhenOpened?.Invoke(e.Connection);
        forwarder.ConnectionOpened += (_, e) => _opened.Writer.TryWrite(e.Connection);
        forwarder.ConnectionClosed += (_, e) => _closed.Writer.TryWrite(e.Connection);
        return forwarder;
    }
}
