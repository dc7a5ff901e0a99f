using System.Net;
using GostNet.Protocols.Forward;
using GostNet.Testing;
using GostNet.Tests.Protocols.Socks;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Protocols.Forward;

public sealed class ForwardRequestServerTests
{
    private static readonly HostEndPoint Target = new("db", 5432);

    private readonly InMemoryNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryConnection _client;
    private readonly InMemoryConnection _server;
    private readonly ForwardRequestServer _requests = new();

    public ForwardRequestServerTests() => (_client, _server) = InMemoryConnection.CreatePair();

    [Fact]
    public async Task Connect_TargetIsReached_ConfirmsAndRelays()
    {
        await using IListener db = await _network.ListenAsync(Target);
        FakeConnectRequest request = new(_server, Target);
        Task serving = _requests.ServeAsync(request, Host(), default);
        await using IConnection? target = await db.AcceptAsync().OrFail();

        await _client.SendAndEndAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await target!.ReadToEndAsync().OrFail());
        await target!.SendAndEndAsync("answer"u8.ToArray()); // behind the client's end
        Assert.Equal("answer"u8.ToArray(), await _client.ReadAsync(6).OrFail());

        await serving.OrFail();
        Assert.True(request.IsConfirmed);
        Assert.Null(request.Refusal);
    }

    [Theory]
    [InlineData(ForwardError.ConnectionRefused)]
    [InlineData(ForwardError.TimedOut)]
    [InlineData(ForwardError.NameNotResolved)]
    public async Task Connect_TargetIsNotReached_RefusesForThatReason(ForwardError error)
    {
        _network.Fail(Target, error);
        FakeConnectRequest request = new(_server, Target);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => _requests.ServeAsync(request, Host(), default).OrFail());

        Assert.Equal(error, e.Error);
        Assert.Equal(error, request.Refusal);
        Assert.False(request.IsConfirmed);
    }

    [Fact]
    public async Task Connect_RulesForbidIt_RefusesWithoutDialling()
    {
        FakeConnectRequest request = new(_server, Target);

        await Assert.ThrowsAsync<ForwardException>(
            () => _requests.ServeAsync(request, Host(isForbidden: e => e == Target), default).OrFail());

        Assert.Equal(ForwardError.Forbidden, request.Refusal);
        Assert.Empty(_network.Dials);
    }

    [Fact]
    public async Task Connect_ClientHasGoneMeanwhile_LetsTheTargetGo()
    {
        await using IListener db = await _network.ListenAsync(Target);
        FakeConnectRequest request = new(_server, Target) { IsLost = true };

        await Assert.ThrowsAsync<IOException>(() => _requests.ServeAsync(request, Host(), default).OrFail());

        await using IConnection? target = await db.AcceptAsync().OrFail();
        await Assert.ThrowsAsync<IOException>(() => target!.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Serve_AClientWithoutWords_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _requests.ServeAsync(_server, Host(), default));

    [Fact]
    public async Task Listen_ManyPeersAtOnce_EachHasItsOwnConnection()
    {
        const int Peers = 200;
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502));
        Task serving = _requests.ServeAsync(request, Host(), default);
        Assert.Equal(5502, await request.Confirmed.OrFail());

        Task answering = AnswerAsync();
        await Task.WhenAll(Enumerable.Range(0, Peers).Select(async i =>
        {
            await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));
            await peer.SendAndEndAsync(BitConverter.GetBytes(i));
            Assert.Equal(BitConverter.GetBytes(i), await peer.ReadToEndAsync());
        })).OrFail();
        await answering.OrFail();

        await _client.DisposeAsync();
        await serving.OrFail();

        async Task AnswerAsync()
        {
            for (int i = 0; i < Peers; i++)
            {
                (IConnection connection, EndPoint? peer) = await request.NextAsync();
                Assert.Equal(IPAddress.Loopback, Assert.IsType<IPEndPoint>(peer).Address);
                await using (connection)
                {
                    await connection.SendAndEndAsync(await connection.ReadToEndAsync());
                }
            }
        }
    }

    [Fact]
    public async Task Listen_ClientWantsItNoMore_ReleasesThePortAndLeavesPeersAlone()
    {
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502));
        Task serving = _requests.ServeAsync(request, Host(), default);
        await request.Confirmed.OrFail();
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));
        (IConnection connection, _) = await request.NextAsync().OrFail();

        await _client.CompleteWritesAsync();
        await serving.OrFail();

        await using IListener again = await _network.ListenAsync(new("127.0.0.1", 5502));
        await peer.SendAndEndAsync("still there"u8.ToArray());
        Assert.Equal("still there"u8.ToArray(), await connection.ReadToEndAsync().OrFail());
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Listen_ClientGoesWhilePeersWait_SendsThemOff()
    {
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502)) { Holding = new() };
        Task serving = _requests.ServeAsync(request, Host(), default);
        await request.Confirmed.OrFail();
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));
        await request.OfferedAsync(1).OrFail();

        _client.Abort();
        request.Holding.SetException(new IOException("The session has ended."));

        await Assert.ThrowsAsync<IOException>(() => serving.OrFail());
        await Assert.ThrowsAsync<IOException>(() => peer.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Listen_ServerStopsWhilePeersWait_SendsThemOff()
    {
        using CancellationTokenSource stop = new();
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502)) { Holding = new() };
        Task serving = _requests.ServeAsync(request, Host(), stop.Token);
        await request.Confirmed.OrFail();
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));
        await request.OfferedAsync(1).OrFail();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.OrFail());
        await Assert.ThrowsAsync<IOException>(() => peer.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Listen_ClientWantsItNoMoreWhileAPeerWaits_StillConnectsIt()
    {
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502)) { Holding = new() };
        Task serving = _requests.ServeAsync(request, Host(), default);
        await request.Confirmed.OrFail();
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));
        await request.OfferedAsync(1).OrFail();

        await _client.CompleteWritesAsync();
        await _server.Closed.OrFail(); // the port is released by then
        await using IListener again = await _network.ListenAsync(new("127.0.0.1", 5502));
        request.Holding.SetResult();

        (IConnection connection, _) = await request.NextAsync().OrFail();
        await peer.SendAndEndAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await connection.ReadToEndAsync().OrFail());
        await connection.DisposeAsync();
        await serving.OrFail();
    }

    [Fact]
    public async Task Listen_ClientDoesNotAnswer_LeavesFurtherPeersWaitingToBeAccepted()
    {
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502)) { Holding = new() };
        Task serving = _requests.ServeAsync(request, Host(), default);
        await request.Confirmed.OrFail();
        List<IConnection> peers = [];
        for (int i = 0; i < ForwardedPort.MaxPendingPeers + 50; i++)
        {
            peers.Add(await _network.Dialer.DialAsync(new("127.0.0.1", 5502)));
        }

        await request.OfferedAsync(ForwardedPort.MaxPendingPeers).OrFail();
        request.Holding.SetResult();
        for (int i = 0; i < peers.Count; i++)
        {
            await request.NextAsync().OrFail();
        }

        Assert.Equal(ForwardedPort.MaxPendingPeers, request.MostPending);
        Assert.Equal(peers.Count, request.Offered);
        await _client.DisposeAsync();
        await serving.OrFail();
    }

    [Fact]
    public async Task Listen_ClientRefusesAPeer_SendsThatOneOff()
    {
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502)) { Refusals = 1 };
        Task serving = _requests.ServeAsync(request, Host(), default);
        await request.Confirmed.OrFail();

        await using IConnection sentOff = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));
        await Assert.ThrowsAsync<IOException>(() => sentOff.ReadToEndAsync().OrFail());
        await using IConnection peer = await _network.Dialer.DialAsync(new("127.0.0.1", 5502));

        await request.NextAsync().OrFail();
        await _client.DisposeAsync();
        await serving.OrFail();
    }

    [Fact]
    public async Task Listen_PortIsTaken_Refuses()
    {
        await using IListener busy = await _network.ListenAsync(new("127.0.0.1", 5502));
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502));

        await Assert.ThrowsAsync<ForwardException>(() => _requests.ServeAsync(request, Host(), default).OrFail());

        Assert.Equal(ForwardError.LocalResources, request.Refusal);
        Assert.False(request.Confirmed.IsCompleted);
    }

    [Fact]
    public async Task Listen_RulesForbidIt_Refuses()
    {
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502));

        await Assert.ThrowsAsync<ForwardException>(() => _requests.ServeAsync(request, Host(isForbidden: _ => true), default).OrFail());

        Assert.Equal(ForwardError.Forbidden, request.Refusal);
    }

    [Fact]
    public async Task Listen_OneOfTwoAddressesIsMissing_ListensAtTheOther()
    {
        await using IListener busy = await _network.ListenAsync(new("one", 5502));
        FakeListenRequest request = new(_server, new("one", 5502), new("two", 5502));
        Task serving = _requests.ServeAsync(request, Host(), default);

        Assert.Equal(5502, await request.Confirmed.OrFail());
        await using IConnection peer = await _network.Dialer.DialAsync(new("two", 5502));
        await request.NextAsync().OrFail();

        await _client.DisposeAsync();
        await serving.OrFail();
    }

    [Fact]
    public async Task Listen_AnyPort_ListensAtTheSamePortOfBothAddresses()
    {
        FakeListenRequest request = new(_server, new("one", 0), new("two", 0));
        Task serving = _requests.ServeAsync(request, Host(), default);

        int port = await request.Confirmed.OrFail();
        await using IConnection peer1 = await _network.Dialer.DialAsync(new("one", port));
        await request.NextAsync().OrFail();
        await using IConnection peer2 = await _network.Dialer.DialAsync(new("two", port));
        await request.NextAsync().OrFail();

        await _client.DisposeAsync();
        await serving.OrFail();
        await using IListener again = await _network.ListenAsync(new("two", port));
    }

    [Fact]
    public async Task Listen_AnyPortWhoseOtherAddressIsTaken_TriesAnotherPort()
    {
        int failures = 0;
        InMemoryProxyHost host = Host(isListening: place =>
        {
            if (place is { Host: "two" } && failures++ < 2)
            {
                throw new IOException("The address is in use.");
            }
        });
        FakeListenRequest request = new(_server, new("one", 0), new("two", 0));
        Task serving = _requests.ServeAsync(request, host, default);

        int port = await request.Confirmed.OrFail();

        Assert.Equal(3, host.Listened.Count(place => place.Host == "one"));
        await using IConnection peer = await _network.Dialer.DialAsync(new("two", port));
        await request.NextAsync().OrFail();
        await _client.DisposeAsync();
        await serving.OrFail();
    }

    [Theory]
    [InlineData(ForwardError.AddressNotSupported)]
    [InlineData(ForwardError.LocalResources)]
    public async Task Listen_AnyPortWhoseOtherAddressDoesNotExist_DoesWithoutIt(ForwardError error)
    {
        InMemoryProxyHost host = Host(isListening: place =>
        {
            if (place is { Host: "two" })
            {
                throw new ForwardException(error, "There is none.");
            }
        });
        FakeListenRequest request = new(_server, new("one", 0), new("two", 0));
        Task serving = _requests.ServeAsync(request, host, default);

        await request.Confirmed.OrFail();

        Assert.Single(host.Listened, place => place.Host == "one");
        await _client.DisposeAsync();
        await serving.OrFail();
    }

    [Fact]
    public async Task Listen_ServerStops_ReleasesThePort()
    {
        using CancellationTokenSource stop = new();
        FakeListenRequest request = new(_server, new HostEndPoint("127.0.0.1", 5502));
        Task serving = _requests.ServeAsync(request, Host(), stop.Token);
        await request.Confirmed.OrFail();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving.OrFail());
        await using IListener again = await _network.ListenAsync(new("127.0.0.1", 5502));
    }

    private InMemoryProxyHost Host(Func<HostEndPoint, bool>? isForbidden = null, Action<HostEndPoint>? isListening = null) => new(_network)
    {
        Time = _time,
        IsForbidden = isForbidden ?? (_ => false),
        BeforeListening = isListening ?? (_ => { }),
    };
}
