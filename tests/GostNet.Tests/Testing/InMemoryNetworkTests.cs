using System.Net;
using System.Net.Sockets;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Testing;

public sealed class InMemoryNetworkTests
{
    private static readonly HostEndPoint Db = new("db", 5432);

    private readonly InMemoryNetwork _network = new();

    [Theory]
    [InlineData("db", "DB")]
    [InlineData("", "localhost")]
    [InlineData("", "127.0.0.1")]
    [InlineData("", "::1")]
    [InlineData("", "")]
    [InlineData("0.0.0.0", "localhost")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("127.0.0.1", "")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("2001:db8::1", "2001:DB8:0::1")]
    public async Task Dial_OfAListener_ReachesIt(string listening, string dialled)
    {
        await using IListener listener = await _network.ListenAsync(new(listening, 80));

        await using IConnection client = await DialAsync(new(dialled, 80));
        await using IConnection? server = await listener.AcceptAsync().OrFail();

        await client.Stream.WriteAsync(new byte[] { 1 });
        Assert.Equal(1, server!.Stream.ReadByte());
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Assert.Equal(listener.LocalEndPoint, server.LocalEndPoint);
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);
    }

    [Theory]
    [InlineData("db", 5433)]
    [InlineData("db2", 5432)]
    [InlineData("", 5432)]
    [InlineData("10.0.0.1", 5432)]
    public async Task Dial_OfSomethingElse_IsRefused(string host, int port)
    {
        await using IListener listener = await _network.ListenAsync(Db);
        await using IListener any = await _network.ListenAsync(new("", 1));

        ForwardException exception = await Assert.ThrowsAsync<ForwardException>(() => DialAsync(new(host, port)));

        Assert.Equal(ForwardError.ConnectionRefused, exception.Error);
        Assert.True(exception.IsTargetFault);
        Assert.Equal(new HostEndPoint(host, port), exception.Target);
    }

    [Fact]
    public async Task Listen_OnPortZero_PicksPortsOfItsOwn()
    {
        await using IListener one = await _network.ListenAsync(new("127.0.0.1", 0));
        await using IListener two = await _network.ListenAsync(new("", 0));
        await using IListener named = await _network.ListenAsync(new("db", 0));

        IPEndPoint first = Assert.IsType<IPEndPoint>(one.LocalEndPoint);
        IPEndPoint second = Assert.IsType<IPEndPoint>(two.LocalEndPoint);
        HostEndPoint third = Assert.IsType<HostEndPoint>(named.LocalEndPoint);

        Assert.Equal("db", third.Host);
        Assert.Equal(3, new[] { first.Port, second.Port, third.Port }.Where(port => port > 0).Distinct().Count());
        await (await DialAsync(first)).DisposeAsync();
        await (await DialAsync(second)).DisposeAsync();
        await (await DialAsync(third)).DisposeAsync();
    }

    [Theory]
    [InlineData("db", "DB")]
    [InlineData("", "127.0.0.1")]
    [InlineData("localhost", "0.0.0.0")]
    public async Task Listen_WhereSomethingListens_FailsUntilThatIsDisposed(string first, string second)
    {
        IListener listener = await _network.ListenAsync(new(first, 80));
        await using IDatagramListener datagrams = await _network.ListenDatagramsAsync(new(second, 80));
        await Assert.ThrowsAsync<IOException>(async () => await _network.ListenAsync(new(second, 80)));

        await listener.DisposeAsync();
        await listener.DisposeAsync();

        await using IListener again = await _network.ListenAsync(new(second, 80));
    }

    [Fact]
    public async Task Dispose_OfAListener_EndsAcceptsAndResetsWhatWaits()
    {
        IListener listener = await _network.ListenAsync(Db);
        await using IConnection accepted = await DialAsync(Db);
        await using IConnection? server = await listener.AcceptAsync().OrFail();
        await using IConnection waiting = await DialAsync(Db);

        await listener.DisposeAsync();

        Assert.Null(await listener.AcceptAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => waiting.Stream.ReadAsync(new byte[1]).OrFail());
        accepted.Stream.WriteByte(1);
        Assert.Equal(1, server!.Stream.ReadByte());
        await Assert.ThrowsAsync<ForwardException>(() => DialAsync(Db));
    }

    [Fact]
    public async Task Dispose_WithAnAcceptInFlight_EndsIt()
    {
        IListener listener = await _network.ListenAsync(Db);
        Task<IConnection?> accept = listener.AcceptAsync().AsTask();

        await listener.DisposeAsync();

        Assert.Null(await accept.OrFail());
    }

    [Fact]
    public async Task Dial_WithAFullBacklog_WaitsForAnAccept()
    {
        IListener listener = await _network.ListenAsync(Db);
        for (int i = 0; i < 512; i++)
        {
            await DialAsync(Db);
        }

        Task<IConnection> waiting = DialAsync(Db);
        Task<IConnection> refused = DialAsync(Db);
        Assert.False(waiting.IsCompleted);

        await listener.AcceptAsync().OrFail();
        await waiting.OrFail();
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<ForwardException>(() => refused.OrFail());
    }

    [Fact]
    public async Task Fail_SomeDials_FailsThoseAndNoMore()
    {
        await using IListener listener = await _network.ListenAsync(Db);
        _network.Fail(Db, ForwardError.TimedOut, times: 2);
        _network.Fail(new("DB", 5432), ForwardError.LocalResources);

        List<(ForwardError, bool)> met = [];
        for (int i = 0; i < 3; i++)
        {
            ForwardException exception = await Assert.ThrowsAsync<ForwardException>(() => DialAsync(Db));
            met.Add((exception.Error, exception.IsTargetFault));
        }

        Assert.Equal([(ForwardError.TimedOut, true), (ForwardError.TimedOut, true), (ForwardError.LocalResources, false)], met);
        await (await DialAsync(Db)).DisposeAsync();
    }

    [Fact]
    public async Task Restore_AfterLastingFailures_LetsDialsThrough()
    {
        await using IListener listener = await _network.ListenAsync(Db);
        _network.Fail(Db, ForwardError.HostUnreachable, int.MaxValue);
        await Assert.ThrowsAsync<ForwardException>(() => DialAsync(Db));
        await Assert.ThrowsAsync<ForwardException>(() => DialAsync(Db));

        _network.Restore(Db);

        await (await DialAsync(Db)).DisposeAsync();
    }

    [Fact]
    public async Task Hang_OneDial_WaitsUntilItIsCancelled()
    {
        await using IListener listener = await _network.ListenAsync(Db);
        using CancellationTokenSource cancellation = new();
        _network.Hang(Db);
        Task dialled = _network.WaitForDialsAsync(1);
        Assert.False(dialled.IsCompleted);

        Task<IConnection> hanging = _network.Dialer.DialAsync(Db, cancellation.Token).AsTask();
        await dialled.OrFail();
        await (await DialAsync(Db)).DisposeAsync();
        Assert.False(hanging.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging.OrFail());
    }

    [Fact]
    public async Task FailAfter_SomeBytes_BreaksThatConnectionOnly()
    {
        await using IListener listener = await _network.ListenAsync(Db);
        _network.FailAfter(Db, bytes: 2);
        await using IConnection breaking = await DialAsync(Db);
        await using IConnection whole = await DialAsync(Db);

        IOException exception = await Assert.ThrowsAsync<IOException>(() => breaking.Stream.WriteAsync(new byte[3]).OrFail());

        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
        await whole.Stream.WriteAsync(new byte[3]).OrFail();
    }

    [Fact]
    public async Task FailListens_SomeTimes_FailsThoseAndNoMore()
    {
        _network.FailListens(Db, times: 2);

        await Assert.ThrowsAsync<IOException>(async () => await _network.ListenAsync(Db));
        await Assert.ThrowsAsync<IOException>(async () => await _network.ListenDatagramsAsync(Db));
        await using IListener listener = await _network.ListenAsync(Db);
    }

    [Fact]
    public async Task FailAccepts_WithAnAcceptInFlight_FailsItAndLosesNoConnection()
    {
        await using IListener listener = await _network.ListenAsync(Db);
        Task<IConnection?> accept = listener.AcceptAsync().AsTask();

        _network.FailAccepts(Db, times: 2);
        await using IConnection client = await DialAsync(Db);

        await Assert.ThrowsAsync<IOException>(() => accept.OrFail());
        await Assert.ThrowsAsync<IOException>(() => listener.AcceptAsync().OrFail());
        Assert.NotNull(await listener.AcceptAsync().OrFail());
    }

    [Fact]
    public void FailAccepts_WhereNothingListens_IsWrongUse() =>
        Assert.Throws<InvalidOperationException>(() => _network.FailAccepts(Db));

    [Fact]
    public async Task Dials_AfterAFew_AreAllListedInOrder()
    {
        await using IListener listener = await _network.ListenAsync(Db);
        await DialAsync(Db);
        await Assert.ThrowsAsync<ForwardException>(() => DialAsync(new("web", 80)));
        await _network.DatagramDialer.DialAsync(new("dns", 53));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _network.Dialer.DialAsync(Db, new(true)).AsTask());

        Assert.Equal([Db, new("web", 80), new("dns", 53)], _network.Dials);
    }

    [Fact]
    public async Task BufferSize_OfTheNetwork_BoundsItsConnections()
    {
        InMemoryNetwork network = new() { BufferSize = 10 };
        await using IListener listener = await network.ListenAsync(Db);
        await using IConnection client = await network.Dialer.DialAsync(Db);

        await client.Stream.WriteAsync(new byte[10]).OrFail();

        Assert.False(client.Stream.WriteAsync(new byte[1]).AsTask().IsCompleted);
    }

    private Task<IConnection> DialAsync(HostEndPoint target) => _network.Dialer.DialAsync(target).AsTask();
}
