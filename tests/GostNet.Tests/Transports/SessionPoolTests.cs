using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports;

/// <summary>Connections that share sessions (gost-nodes, section 6, A12; transports, section 4).</summary>
public sealed class SessionPoolTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private readonly LiveSessions _sessions;
    private readonly List<FakeMultiplexSession> _started = [];
    private readonly SemaphoreSlim _begun = new(0);
    private TaskCompletionSource _mayStart = new();

    public SessionPoolTests()
    {
        _sessions = new(_time);
        _mayStart.SetResult();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _sessions.DisposeAsync().OrFail();
        Assert.Equal(0, _time.ArmedTimers);
        _begun.Dispose();
    }

    [Fact]
    public async Task OpenAsync_SeveralAtOnce_ShareOneSession()
    {
        _mayStart = new();
        var pool = new SessionPool(1, _sessions);
        Task<IConnection>[] opening = [.. Enumerable.Range(0, 20).Select(_ => OpenAsync(pool))];
        _mayStart.SetResult();

        IConnection[] connections = await Task.WhenAll(opening).OrFail();
        Assert.Single(_started);
        Assert.Equal(20, connections.Distinct().Count());
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public async Task OpenAsync_FirstCallerGivesUp_OthersGetTheSession()
    {
        _mayStart = new();
        using var giveUp = new CancellationTokenSource();
        var pool = new SessionPool(1, _sessions);
        Task<IConnection> first = pool.OpenAsync(StartAsync, giveUp.Token).AsTask();
        Task<IConnection> second = OpenAsync(pool);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.OrFail());
        _mayStart.SetResult();

        Assert.NotNull(await second.OrFail());
        Assert.Single(_started);
    }

    [Fact]
    public async Task OpenAsync_SessionHasEnded_StartsAnother()
    {
        var pool = new SessionPool(1, _sessions);
        await OpenAsync(pool).OrFail();
        _started[0].End();

        Assert.NotNull(await OpenAsync(pool).OrFail());
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task OpenAsync_SessionEndsMeanwhile_TriesOnceMore()
    {
        var pool = new SessionPool(1, _sessions);
        await OpenAsync(pool).OrFail();
        FakeMultiplexSession first = _started[0];
        first.EndsWhenOpened = true;

        Assert.NotNull(await OpenAsync(pool).OrFail());
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task OpenAsync_SessionIsFull_StartsAnotherAndComesBack()
    {
        var pool = new SessionPool(1, _sessions);
        await OpenAsync(pool).OrFail();
        _started[0].IsFull = true;
        await OpenAsync(pool).OrFail();
        Assert.Equal(2, _started.Count);

        _started[0].IsFull = false;
        _started[1].IsFull = true;
        await OpenAsync(pool).OrFail();
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task OpenAsync_StartFails_FailsForAllAndIsTriedAnew()
    {
        var pool = new SessionPool(1, _sessions);
        _mayStart = new();
        Task<IConnection>[] opening = [OpenAsync(pool), OpenAsync(pool)];
        _mayStart.SetException(new IOException("no"));
        foreach (Task<IConnection> open in opening)
        {
            Assert.Equal("no", (await Assert.ThrowsAsync<IOException>(() => open.OrFail())).Message);
        }

        _mayStart = new();
        _mayStart.SetResult();
        Assert.NotNull(await OpenAsync(pool).OrFail());
    }

    [Fact]
    public async Task OpenAsync_SeveralSessions_AreUsedInTurn()
    {
        var pool = new SessionPool(2, _sessions);
        do
        {
            await OpenAsync(pool).OrFail(); // the second session is started beside the first, and nobody waits for it
        }
        while (Sessions.Length < 2 || Sessions.Any(session => session.Opened == 0));

        int before = Sessions[0].Opened;
        for (int i = 0; i < 10; i++)
        {
            await OpenAsync(pool).OrFail();
        }

        Assert.Equal(2, Sessions.Length);
        Assert.Equal(before + 5, Sessions[0].Opened);
    }

    [Fact]
    public async Task Session_UnusedForAMinute_IsClosed()
    {
        var pool = new SessionPool(1, _sessions);
        IConnection connection = await OpenAsync(pool).OrFail();
        _time.Advance(SessionPool.IdleTimeout * 2);
        Assert.False(_started[0].IsDisposed);

        await connection.DisposeAsync();
        _time.Advance(SessionPool.IdleTimeout - TimeSpan.FromTicks(1));
        Assert.False(_started[0].IsDisposed);

        _time.Advance(TimeSpan.FromTicks(1));
        await _started[0].Completion.OrFail();
        Assert.True(_started[0].IsDisposed);
        await OpenAsync(pool).OrFail();
        Assert.Equal(2, _started.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_PeerClosesIt_WhatItSentBeforeCanStillBeRead(bool isOpenedHere)
    {
        byte[] sent = new byte[100_000];
        Random.Shared.NextBytes(sent);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        SmuxSession peer = SmuxSession.Start(far, SmuxRole.Server, SmuxOptions.Answering, _time);
        SharedSession session = await _sessions.StartAsync(
            _ => new(SmuxSession.Start(near, SmuxRole.Client, SmuxOptions.Asking, _time)), SessionPool.IdleTimeout).OrFail();
        IConnection connection;
        IConnection other;
        if (isOpenedHere)
        {
            connection = await session.OpenAsync(default).OrFail();
            other = (await peer.AcceptStreamAsync().OrFail())!;
        }
        else
        {
            other = await peer.OpenStreamAsync().OrFail();
            connection = (await session.AcceptAsync(default).OrFail())!;
        }

        await other.SendAndEndAsync(sent).OrFail();
        await peer.DisposeAsync().OrFail();
        await session.Completion.OrFail();
        for (int i = 0; i < 100; i++)
        {
            await Task.Yield(); // whoever hears of it could do something wrong
        }

        Assert.Equal(sent, await connection.ReadToEndAsync().OrFail());
        Assert.Equal(1, _sessions.Count);
        await connection.DisposeAsync().OrFail();
        await session.Closed.OrFail();
    }

    [Fact]
    public async Task DisposeAsync_OfTheOwner_EndsSessionsAndStarts()
    {
        var pool = new SessionPool(1, _sessions);
        await OpenAsync(pool).OrFail();
        _started[0].IsFull = true;
        _mayStart = new();
        Task<IConnection> starting = OpenAsync(pool);
        await _begun.WaitAsync().OrFail();
        await _begun.WaitAsync().OrFail();

        await _sessions.DisposeAsync().OrFail();
        Assert.True(_started[0].IsDisposed);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting.OrFail());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => OpenAsync(pool).OrFail());
    }

    private FakeMultiplexSession[] Sessions
    {
        get
        {
            lock (_started)
            {
                return [.. _started];
            }
        }
    }

    private Task<IConnection> OpenAsync(SessionPool pool) => pool.OpenAsync(StartAsync, default).AsTask();

    private async ValueTask<IMultiplexSession> StartAsync(CancellationToken cancellationToken)
    {
        _begun.Release();
        await _mayStart.Task.WaitAsync(cancellationToken);
        var session = new FakeMultiplexSession();
        lock (_started)
        {
            _started.Add(session);
        }

        return session;
    }
}
