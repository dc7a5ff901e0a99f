using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports;
using Microsoft.Extensions.Logging;

namespace GostNet.Tests.Transports;

/// <summary>Handshakes beside the accept loop (gost-nodes, section 6, A8, A9, A15; transports, sections 10 and 11).</summary>
public sealed class TransportListenerTests : IAsyncLifetime
{
    private static readonly HostEndPoint Here = new("here", 1);
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryNetwork _network = new();
    private readonly RecordingLoggerFactory _log = new();
    private readonly LiveSessions _sessions;
    private readonly List<IAsyncDisposable> _owned = [];

    public TransportListenerTests() => _sessions = new(_time);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable owned in _owned)
        {
            await owned.DisposeAsync().AsTask().OrFail();
        }

        await _sessions.DisposeAsync().OrFail();
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task AcceptAsync_OneClientIsSilent_OthersAreServed()
    {
        TransportListener listener = await ListenAsync(new GreetingLayer());
        InMemoryConnection silent = await DialAsync();
        InMemoryConnection other = await DialAsync();
        await other.Stream.WriteAsync("x"u8.ToArray());

        Assert.NotNull(await listener.AcceptAsync().OrFail());
        Assert.False(silent.Closed.IsCompleted);
    }

    [Fact]
    public async Task AcceptAsync_ClientStaysSilent_IsDroppedAfterTenSeconds()
    {
        TransportListener listener = await ListenAsync(new GreetingLayer());
        InMemoryConnection silent = await DialAsync();
        await _time.WaitForTimersAsync(1).OrFail();
        _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAnyAsync<IOException>(() => silent.ReadAsync(1).OrFail());
        LogEntry entry = await _log.WaitForAsync(LogEventIds.HandshakeFailed).OrFail();
        Assert.Contains("within 10 s", entry.Message, StringComparison.Ordinal);
        Assert.False(listener.AcceptAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task AcceptAsync_HandshakeFails_IsNobodysBusiness()
    {
        TransportListener listener = await ListenAsync(new GreetingLayer());
        InMemoryConnection bad = await DialAsync();
        await bad.Stream.WriteAsync("?"u8.ToArray());
        await _log.WaitForAsync(LogEventIds.HandshakeFailed).OrFail();
        InMemoryConnection good = await DialAsync();
        await good.Stream.WriteAsync("x"u8.ToArray());

        Assert.NotNull(await listener.AcceptAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => bad.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task AcceptAsync_ListenerBelowFails_SaysSoAndGoesOn()
    {
        TransportListener listener = await ListenAsync(new GreetingLayer());
        _network.FailAccepts(Here);
        await Assert.ThrowsAnyAsync<IOException>(() => listener.AcceptAsync().OrFail());
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();
        InMemoryConnection client = await DialAsync();
        await client.Stream.WriteAsync("x"u8.ToArray());
        Assert.NotNull(await accepting.OrFail());
    }

    [Fact]
    public async Task AcceptAsync_NoRoom_GivesUpTheOldestOfWhoeverHasMost()
    {
        await ListenAsync(new GreetingLayer(), maxHandshakes: 2);
        InMemoryConnection first = await DialAsync();
        InMemoryConnection second = await DialAsync();
        await _time.WaitForTimersAsync(3).OrFail(); // of both, and of the wait for room
        Assert.False(first.Closed.IsCompleted);
        _time.Advance(PendingHandshakes.MinAge);

        await Assert.ThrowsAnyAsync<IOException>(() => first.ReadAsync(1).OrFail());
        Assert.Contains("made way", (await _log.WaitForAsync(LogEventIds.HandshakeFailed).OrFail()).Message, StringComparison.Ordinal);
        Assert.False(second.Closed.IsCompleted);
    }

    [Fact]
    public async Task DisposeAsync_HandshakesAndUnaccepted_AreGivenUp()
    {
        TransportListener listener = await ListenAsync(new GreetingLayer());
        InMemoryConnection silent = await DialAsync();
        InMemoryConnection ready = await DialAsync();
        await ready.Stream.WriteAsync("x"u8.ToArray());
        await _time.WaitForTimersAsync(1).OrFail();

        await listener.DisposeAsync().OrFail();
        await Assert.ThrowsAnyAsync<IOException>(() => silent.ReadAsync(1).OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => ready.ReadAsync(1).OrFail());
        Assert.Null(await listener.AcceptAsync().OrFail());
        Assert.Empty(_log.WithId(LogEventIds.HandshakeFailed));
    }

    [Fact]
    public async Task AcceptAsync_Sessions_BringTheirConnections()
    {
        var layer = new SessionLayer();
        TransportListener listener = await ListenAsync(multiplexing: layer);
        await DialAsync();
        FakeMultiplexSession session = await layer.Started.Task.OrFail();
        session.Offer();
        session.Offer();

        Assert.NotNull(await listener.AcceptAsync().OrFail());
        Assert.NotNull(await listener.AcceptAsync().OrFail());
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public async Task DisposeAsync_SessionInUse_EndsWithItsLastConnection()
    {
        var layer = new SessionLayer();
        TransportListener listener = await ListenAsync(multiplexing: layer);
        await DialAsync();
        FakeMultiplexSession session = await layer.Started.Task.OrFail();
        session.Offer();
        IConnection connection = (await listener.AcceptAsync().OrFail())!;

        await listener.DisposeAsync().OrFail();
        InMemoryConnection late = session.Offer();
        await Assert.ThrowsAnyAsync<IOException>(() => late.ReadAsync(1).OrFail());
        Assert.False(session.IsDisposed);

        await connection.DisposeAsync();
        await session.Completion.OrFail();
        Assert.True(session.IsDisposed);
    }

    private async Task<TransportListener> ListenAsync(
        IConnectionLayer? layer = null, IMultiplexLayer? multiplexing = null, int maxHandshakes = 1024)
    {
        TransportListenerSettings settings = new(
            "front", TimeSpan.FromSeconds(10), maxHandshakes, _time, new GostNetMetrics(null), _log.CreateLogger("test"));
        var listener = new TransportListener(
            await _network.ListenAsync(Here), new(layer is null ? [] : [layer], multiplexing), _sessions, settings);
        _owned.Add(listener);
        return listener;
    }

    private async Task<InMemoryConnection> DialAsync() => (InMemoryConnection)await _network.Dialer.DialAsync(Here);

    /// <summary>Its handshake is an x from the client.</summary>
    private sealed class GreetingLayer : IConnectionLayer
    {
        public async ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
        {
            byte[] greeting = new byte[1];
            await carrier.Stream.ReadExactlyAsync(greeting, cancellationToken);
            return greeting[0] == 'x' ? carrier : throw new ForwardException(ForwardError.ProtocolError, "no x");
        }
    }

    private sealed class SessionLayer : IMultiplexLayer
    {
        public TaskCompletionSource<FakeMultiplexSession> Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken)
        {
            var session = new FakeMultiplexSession();
            Started.SetResult(session);
            return new(session);
        }
    }
}
