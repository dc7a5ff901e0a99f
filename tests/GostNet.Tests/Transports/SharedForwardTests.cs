using GostNet.Testing;
using GostNet.Tests.Protocols.Forward;
using GostNet.Tests.Shared;
using GostNet.Transports;

namespace GostNet.Tests.Transports;

/// <summary>Sessions with words for what is to be reached, as users share them: the words get through, and what they lead to counts among
/// the session's connections.</summary>
public sealed class SharedForwardTests : IAsyncLifetime
{
    private static readonly HostEndPoint Port = new("", 2222);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LiveSessions _sessions;
    private readonly FakeMultiplexSession _fake;
    private FakeForwardingConnection? _opened;

    public SharedForwardTests()
    {
        _sessions = new(_time);
        _fake = new() { Opening = near => _opened = new(_network, near) };
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _sessions.DisposeAsync().OrFail();
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task ConnectAsync_OverASharedSession_AsksTheNode()
    {
        SharedSession session = await StartAsync();
        await using var connection = (IForwardingConnection)await session.OpenAsync(default).OrFail();

        await connection.ConnectAsync(new("db", 5432)).OrFail();

        Assert.Equal(new("db", 5432), _opened!.Target);
        Assert.IsAssignableFrom<SharedConnection>(connection);
    }

    [Fact]
    public async Task ListenAsync_PeerOutlivesTheListener_KeepsTheSessionAlive()
    {
        SharedSession session = await StartAsync();
        var connection = (IForwardingConnection)await session.OpenAsync(default).OrFail();
        IListener listener = await connection.ListenAsync(Port).OrFail();
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 2222));
        IConnection? accepted = await listener.AcceptAsync().OrFail();
        await listener.DisposeAsync();
        await connection.DisposeAsync();

        _time.Advance(SessionPool.IdleTimeout * 2);
        Assert.False(_fake.IsDisposed);

        await accepted!.DisposeAsync();
        _time.Advance(SessionPool.IdleTimeout);
        await session.Closed.OrFail();
        Assert.True(_fake.IsDisposed);
    }

    [Fact]
    public async Task ListenAsync_ListenerIsClosed_AcceptsNothing()
    {
        SharedSession session = await StartAsync();
        await using var connection = (IForwardingConnection)await session.OpenAsync(default).OrFail();
        IListener listener = await connection.ListenAsync(Port).OrFail();
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();

        await listener.DisposeAsync();

        Assert.Null(await accepting.OrFail());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcceptAsync_AConnectRequest_CanBeAnswered(bool isConfirmed)
    {
        FakeConnectRequest? asked = null;
        _fake.Offer(far => asked = new(far, new("db", 5432)));
        SharedSession session = await StartAsync();

        await using var request = (IConnectRequest)(await session.AcceptAsync(default).OrFail())!;
        Assert.Equal(new("db", 5432), request.Target);
        if (isConfirmed)
        {
            request.Confirm();
        }
        else
        {
            request.Refuse(ForwardError.Forbidden);
        }

        Assert.Equal(isConfirmed, asked!.IsConfirmed);
        Assert.Equal(isConfirmed ? null : ForwardError.Forbidden, asked.Refusal);
    }

    [Fact]
    public async Task AcceptAsync_AListenRequest_OpensConnectionsThatKeepTheSessionAlive()
    {
        FakeListenRequest? asked = null;
        _fake.Offer(far => asked = new(far, Port));
        SharedSession session = await StartAsync();
        var request = (IListenRequest)(await session.AcceptAsync(default).OrFail())!;
        Assert.Equal([Port], request.EndPoints);
        request.Confirm(2222);
        Assert.Equal(2222, await asked!.Confirmed.OrFail());
        IConnection opened = await request.OpenAsync(null).OrFail();
        await request.DisposeAsync();

        session.Drain();
        Assert.False(_fake.IsDisposed);

        await opened.DisposeAsync();
        await session.Closed.OrFail();
    }

    [Fact]
    public async Task OpenAsync_OfAListenRequestWhoseSessionDrains_Throws()
    {
        FakeListenRequest? asked = null;
        _fake.Offer(far => asked = new(far, Port));
        SharedSession session = await StartAsync();
        await using var request = (IListenRequest)(await session.AcceptAsync(default).OrFail())!;

        session.Drain();

        await Assert.ThrowsAsync<IOException>(() => request.OpenAsync(null).OrFail());
        Assert.Equal(0, asked!.Offered);
        request.Refuse(ForwardError.LocalResources);
        Assert.Equal(ForwardError.LocalResources, asked.Refusal);
    }

    private async Task<SharedSession> StartAsync() => await _sessions.StartAsync(_ => new(_fake), SessionPool.IdleTimeout).OrFail();
}
