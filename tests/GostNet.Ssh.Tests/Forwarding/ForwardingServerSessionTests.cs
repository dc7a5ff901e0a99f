using System.Net;
using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>The server's side, with a client and a forward that the test plays.</summary>
public sealed class ForwardingServerSessionTests : IAsyncLifetime
{
    private static readonly IPEndPoint ClientAddress = new(IPAddress.Parse("192.0.2.7"), 50022);

    private readonly ScriptedServer _client = new();
    private readonly Permissions _permissions = new();
    private readonly RecordingLoggerFactory _log = new();
    private FakeSshConnection _near = null!;
    private FakeSshConnection _far = null!;
    private ForwardingServerSession _session = null!;

    public Task InitializeAsync()
    {
        Begin();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _session.DisposeAsync();

    [Fact]
    public async Task Connect_Confirmed_IsTheConnectionToTheClient()
    {
        Task<IConnection> opening = DirectAsync("db", 5432);
        var request = (IConnectRequest)await NextAsync();
        Assert.Equal(new("db", 5432), request.Target);
        Assert.Equal(ClientAddress, request.RemoteEndPoint);
        Assert.False(opening.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => request.Stream);

        request.Confirm();

        await using IConnection client = await opening.OrFail();
        await client.SendAndEndAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await request.ReadToEndAsync().OrFail());
        await request.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        Assert.Throws<IOException>(request.Confirm);
        await request.DisposeAsync();
    }

    [Theory]
    [InlineData(ForwardError.ConnectionRefused, nameof(ChannelOpenFailure.ConnectFailed), "Connection refused")]
    [InlineData(ForwardError.TimedOut, nameof(ChannelOpenFailure.ConnectFailed), "Connection timed out")]
    [InlineData(ForwardError.NameNotResolved, nameof(ChannelOpenFailure.ConnectFailed), "name not known")]
    [InlineData(ForwardError.Forbidden, nameof(ChannelOpenFailure.AdministrativelyProhibited), "not allowed by the rules of the server")]
    public async Task Connect_Refused_TellsTheClientWhy(ForwardError reason, string failure, string text)
    {
        Task<IConnection> opening = DirectAsync("db", 5432);
        var request = (IConnectRequest)await NextAsync();

        request.Refuse(reason);
        await request.DisposeAsync();

        ChannelRefusedException e = await Assert.ThrowsAsync<ChannelRefusedException>(() => opening.OrFail());
        Assert.Equal((failure, text), (e.Failure.ToString(), e.Text));
        Assert.Throws<IOException>(request.Confirm);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_GivenUpWithoutAnAnswer_IsRefused(bool isAborted)
    {
        Task<IConnection> opening = DirectAsync("db", 5432);
        IConnection request = await NextAsync();

        if (isAborted)
        {
            request.Abort();
        }

        await request.DisposeAsync();

        Assert.Equal(
            ChannelOpenFailure.ConnectFailed, (await Assert.ThrowsAsync<ChannelRefusedException>(() => opening.OrFail())).Failure);
    }

    [Fact]
    public async Task Connect_ClientHasGoneMeanwhile_CannotBeConfirmed()
    {
        _ = DirectAsync("db", 5432);
        var request = (IConnectRequest)await NextAsync();
        _near.End();

        Assert.Throws<IOException>(request.Confirm);
    }

    [Theory]
    [InlineData("", "localhost:80")]
    [InlineData("<nil>", "localhost:80")]
    [InlineData("[::1]", "[::1]:80")]
    [InlineData("::1", "[::1]:80")]
    public async Task Connect_HowClientsWriteHosts_IsUnderstood(string host, string target)
    {
        _ = DirectAsync(host, 80);
        Assert.Equal(target, ((IConnectRequest)await NextAsync()).Target.ToString());
    }

    [Theory]
    [InlineData("db", 0u, nameof(ChannelOpenFailure.AdministrativelyProhibited))]
    [InlineData("db", 65536u, nameof(ChannelOpenFailure.AdministrativelyProhibited))]
    [InlineData("db", uint.MaxValue, nameof(ChannelOpenFailure.AdministrativelyProhibited))]
    [InlineData("d\0b", 80u, nameof(ChannelOpenFailure.AdministrativelyProhibited))]
    [InlineData("d\nb", 80u, nameof(ChannelOpenFailure.AdministrativelyProhibited))]
    [InlineData("d b", 80u, nameof(ChannelOpenFailure.ConnectFailed))]
    public async Task Connect_ToWhatIsNoTarget_IsRefused(string host, uint port, string failure) =>
        await AssertRefusedAsync(Enum.Parse<ChannelOpenFailure>(failure), DirectAsync(host, port));

    [Fact]
    public async Task Connect_ToAHostOf64KiB_IsRefused() =>
        await AssertRefusedAsync(ChannelOpenFailure.AdministrativelyProhibited, DirectAsync(new string('a', 65536), 80));

    [Fact]
    public async Task Connect_NotPermitted_IsRefusedAndLogged()
    {
        _permissions.Open = (host, port) => (host, port) != ("::1", 5432);

        await AssertRefusedAsync(ChannelOpenFailure.AdministrativelyProhibited, DirectAsync("[::1]", 5432));

        Assert.Contains(_log.Entries, entry => entry.Id.Id == ForwardingLog.ConnectRefused);
    }

    [Fact]
    public async Task Connect_TooManyAtOnce_AreRefusedUntilOthersAreAnswered()
    {
        List<Task<IConnection>> opening = [.. Enumerable.Range(0, 1024).Select(_ => DirectAsync("db", 5432))];
        await AssertRefusedAsync(ChannelOpenFailure.ResourceShortage, DirectAsync("db", 5432));

        var first = (IConnectRequest)await NextAsync();
        first.Refuse(ForwardError.TimedOut);
        await first.DisposeAsync();
        Task<IConnection> again = DirectAsync("db", 5432);
        Assert.False(again.IsCompleted);
        for (int i = 0; i < 1024; i++)
        {
            var request = (IConnectRequest)await NextAsync();
            request.Confirm();
        }

        await again.OrFail();
        for (int i = 0; i < 1000; i++)
        {
            await AssertRefusedAsync(ChannelOpenFailure.AdministrativelyProhibited, DirectAsync("db", 0)); // and takes no place
        }

        _ = DirectAsync("db", 5432);
        Assert.IsAssignableFrom<IConnectRequest>(await NextAsync());
    }

    [Fact]
    public async Task Open_WithoutWhatBelongsToIt_EndsTheConnection()
    {
        SshException e = await Assert.ThrowsAsync<SshException>(() => _far.OpenChannelAsync("direct-tcpip", new byte[7], default).OrFail());

        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
    }

    [Fact]
    public async Task Open_OfAShell_IsToldWhatThisServerIs()
    {
        ChannelRefusedException e = await Assert.ThrowsAsync<ChannelRefusedException>(
            () => _far.OpenChannelAsync("session", default, default).OrFail());

        Assert.Equal("this server only forwards ports: use ssh -N", e.Text);
    }

    [Theory]
    [InlineData("x11")]
    [InlineData("gost-tunnel")]
    [InlineData("forwarded-tcpip")]
    [InlineData("direct-streamlocal@openssh.com")]
    [InlineData("tun@openssh.com")]
    public async Task Open_OfAnotherType_IsRefused(string type) =>
        await AssertRefusedAsync(ChannelOpenFailure.UnknownChannelType, _far.OpenChannelAsync(type, default, default).AsTask());

    [Theory]
    [InlineData("no-more-sessions@openssh.com", true)]
    [InlineData("keepalive@openssh.com", false)]
    [InlineData("streamlocal-forward@openssh.com", false)]
    [InlineData("ping", false)]
    public async Task Request_OfTheClient_IsAnswered(string name, bool expected) =>
        Assert.Equal(expected, await _far.RequestAsync(name, default, null, default).OrFail());

    [Fact]
    public async Task Listen_AFixedPort_IsConfirmedWithoutData()
    {
        Task<(bool, byte[])> asking = ForwardAsync("localhost", 2222);
        var request = (IListenRequest)await NextAsync();
        Assert.Equal([new("127.0.0.1", 2222), new("::1", 2222)], request.EndPoints);
        Assert.Equal(ClientAddress, request.RemoteEndPoint);

        request.Confirm(2222);

        (bool isDone, byte[] data) = await asking.OrFail();
        Assert.True(isDone);
        Assert.Empty(data);
    }

    [Fact]
    public async Task Listen_AnyPort_IsConfirmedWithThePort()
    {
        Task<(bool, byte[])> asking = ForwardAsync("", 0);
        var request = (IListenRequest)await NextAsync();

        request.Confirm(40022);

        (bool isDone, byte[] data) = await asking.OrFail();
        Assert.True(isDone);
        Assert.Equal(ForwardingCodec.WritePort(40022), data);
        await AssertForwardedAsync(request, new(IPAddress.Parse("192.0.2.1"), 5), new ForwardOpening("", 40022, "192.0.2.1", 5));
    }

    [Fact]
    public async Task Listen_Refused_TellsTheClient()
    {
        Task<(bool IsDone, byte[])> asking = ForwardAsync("localhost", 2222);
        var request = (IListenRequest)await NextAsync();

        request.Refuse(ForwardError.LocalResources);
        await request.DisposeAsync();

        Assert.False((await asking.OrFail()).IsDone);
        Assert.Equal(0, await request.Stream.ReadAsync(new byte[1]).OrFail());
        _ = ForwardAsync("localhost", 2222); // nothing of it is left
        Assert.IsAssignableFrom<IListenRequest>(await NextAsync());
    }

    [Fact]
    public async Task Listen_PeerWithAnIPv4AddressInIPv6_IsToldAsIPv4()
    {
        IListenRequest request = await ListenAsync("127.0.0.1", 2222);

        await AssertForwardedAsync(
            request, new(IPAddress.Parse("::ffff:192.0.2.1"), 5), new ForwardOpening("127.0.0.1", 2222, "192.0.2.1", 5));
    }

    [Fact]
    public async Task Listen_ClientRefusesAPeer_Throws()
    {
        IListenRequest request = await ListenAsync("localhost", 2222);
        Task<IConnection> opening = request.OpenAsync(null).AsTask();

        (await _client.OpeningAsync().OrFail()).Refuse(ChannelOpenFailure.AdministrativelyProhibited, "no");

        await Assert.ThrowsAsync<ChannelRefusedException>(() => opening.OrFail());
    }

    [Fact]
    public async Task Listen_WishForMoreThanLoopback_IsNarrowedAndLogged()
    {
        Task<(bool, byte[])> asking = ForwardAsync("0.0.0.0", 2222);

        Assert.Equal([new("127.0.0.1", 2222), new("::1", 2222)], ((IListenRequest)await NextAsync()).EndPoints);
        Assert.Contains(_log.Entries, entry => entry.Id.Id == ForwardingLog.ListenLimited);
        Assert.False(asking.IsCompleted);
    }

    [Fact]
    public async Task Listen_WhereTheClientSays_IsThere()
    {
        Begin(GatewayPorts.ClientSpecified);
        _ = ForwardAsync("", 2222);

        Assert.Equal([new("", 2222)], ((IListenRequest)await NextAsync()).EndPoints);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task Listen_NotPermitted_IsRefusedAndLogged()
    {
        _permissions.Listen = (host, port) => (host, port) != ("0.0.0.0", 2222);

        Assert.False((await ForwardAsync("0.0.0.0", 2222).OrFail()).IsDone);

        Assert.Contains(_log.Entries, entry => entry.Id.Id == ForwardingLog.ListenRefused);
    }

    [Theory]
    [InlineData("localhost", 65536u)]
    [InlineData("localhost", uint.MaxValue)]
    [InlineData("local\nhost", 2222u)]
    public async Task Listen_AtWhatIsNoPlace_IsRefused(string address, uint port) =>
        Assert.False((await ForwardAsync(address, port).OrFail()).IsDone);

    [Fact]
    public async Task Listen_AtAnAddressOf64KiB_IsRefused() =>
        Assert.False((await ForwardAsync(new string('a', 65536), 2222).OrFail()).IsDone);

    [Fact]
    public async Task Listen_WithoutWhatBelongsToIt_IsRefused()
    {
        Assert.False(await _far.RequestAsync("tcpip-forward", new byte[3], null, default).OrFail());
        Assert.False(await _far.RequestAsync("cancel-tcpip-forward", new byte[3], null, default).OrFail());
    }

    [Fact]
    public async Task Listen_AnyPortWithoutAnAnswer_IsNotDone()
    {
        _far.Notify("tcpip-forward", ForwardingCodec.WriteAddress("localhost", 0));
        _ = ForwardAsync("localhost", 2222);

        Assert.Equal(2222, ((IListenRequest)await NextAsync()).EndPoints[0].Port);
    }

    [Fact]
    public async Task Listen_TheSameAgain_IsRefused()
    {
        await ListenAsync("localhost", 2222);

        Assert.False((await ForwardAsync("localhost", 2222).OrFail()).IsDone);
        await ListenAsync("127.0.0.1", 2222); // whether that can be had is the system's to say
    }

    [Fact]
    public async Task Listen_TenThousandTimes_IsRefusedBeyondTheLimit()
    {
        List<IListenRequest> requests = [];
        for (int i = 0; i < 64; i++)
        {
            requests.Add(await ListenAsync("localhost", 1000 + i));
        }

        for (uint i = 0; i < 10_000; i++)
        {
            Assert.False((await ForwardAsync("localhost", 2000 + i).OrFail()).IsDone);
        }

        await requests[0].DisposeAsync();
        await ListenAsync("localhost", 2222);
    }

    [Fact]
    public async Task Cancel_OfAPort_EndsItAndIsAnsweredWhenItIsReleased()
    {
        IListenRequest request = await ListenAsync("localhost", 2222);
        Task<int> reading = request.Stream.ReadAsync(new byte[1]).AsTask();
        Assert.False(reading.IsCompleted);

        Task<bool> cancelling = CancelAsync("localhost", 2222);
        Assert.Equal(0, await reading.OrFail());
        Assert.False(cancelling.IsCompleted);
        await request.DisposeAsync();

        Assert.True(await cancelling.OrFail());
        Assert.False(await CancelAsync("localhost", 2222).OrFail());
    }

    [Fact]
    public async Task Cancel_OfAPortThatTheServerChose_IsByThatPort()
    {
        Task<(bool, byte[])> asking = ForwardAsync("localhost", 0);
        var request = (IListenRequest)await NextAsync();
        request.Confirm(40022);
        await asking.OrFail();
        Assert.False(await CancelAsync("localhost", 0).OrFail());
        Assert.False(await CancelAsync("127.0.0.1", 40022).OrFail());

        Task<bool> cancelling = CancelAsync("localhost", 40022);
        await request.DisposeAsync();

        Assert.True(await cancelling.OrFail());
    }

    [Fact]
    public async Task Cancel_AndTheSamePortAtOnceAnew_IsOfferedWhenItIsReleased()
    {
        IListenRequest request = await ListenAsync("localhost", 2222);
        _far.Notify("cancel-tcpip-forward", ForwardingCodec.WriteAddress("localhost", 2222));
        Task<(bool IsDone, byte[])> asking = ForwardAsync("localhost", 2222);
        Task<IConnection> next = NextAsync();
        Assert.Equal(0, await request.Stream.ReadAsync(new byte[1]).OrFail());
        Assert.False(next.IsCompleted);

        await request.DisposeAsync();

        ((IListenRequest)await next.OrFail()).Confirm(2222);
        Assert.True((await asking.OrFail()).IsDone);
    }

    [Fact]
    public async Task Session_Ends_EndsItsPortsAndAccepting()
    {
        IListenRequest request = await ListenAsync("localhost", 2222);
        Task<int> reading = request.Stream.ReadAsync(new byte[1]).AsTask();

        _near.End(new IOException("It broke."));

        Assert.Equal(0, await reading.OrFail());
        Assert.Null(await _session.AcceptAsync(default).OrFail());
        Assert.Equal("It broke.", _session.Failure!.Message);
        await Assert.ThrowsAsync<IOException>(() => request.OpenAsync(null).OrFail());
    }

    [Fact]
    public async Task DisposeAsync_OfTheSession_ClosesTheConnection()
    {
        await _session.DisposeAsync();

        Assert.True(_near.IsDisposed);
        await Assert.ThrowsAsync<IOException>(() => _session.OpenAsync(default).OrFail());
    }

    private void Begin(GatewayPorts gatewayPorts = GatewayPorts.No)
    {
        (_far, _near) = FakeSshConnection.CreatePair();
        _far.Handler = _client;
        _session = new(_near, new() { Permissions = _permissions, GatewayPorts = gatewayPorts, RemoteEndPoint = ClientAddress, Logger = _log.CreateLogger("ssh") });
        _near.Handler = _session;
    }

    private async Task<IConnection> NextAsync() => (await _session.AcceptAsync(default).OrFail())!;

    private async Task<IConnection> DirectAsync(string host, uint port) => await _far.OpenChannelAsync(
        "direct-tcpip", new SshWriter().Text(host).UInt32(port).Text("192.0.2.1").UInt32(55555).ToArray(), default);

    private async Task<(bool IsDone, byte[] Data)> ForwardAsync(string address, uint port)
    {
        byte[] answer = [];
        bool isDone = await _far.RequestAsync(
            "tcpip-forward", new SshWriter().Text(address).UInt32(port).ToArray(), data => answer = data.ToArray(), default);
        return (isDone, answer);
    }

    private async Task<bool> CancelAsync(string address, int port) =>
        await _far.RequestAsync("cancel-tcpip-forward", ForwardingCodec.WriteAddress(address, port), null, default);

    private async Task<IListenRequest> ListenAsync(string address, int port)
    {
        Task<(bool IsDone, byte[])> asking = ForwardAsync(address, (uint)port);
        var request = (IListenRequest)await NextAsync();
        request.Confirm(port);
        Assert.True((await asking.OrFail()).IsDone);
        return request;
    }

    private async Task AssertForwardedAsync(IListenRequest request, IPEndPoint peer, ForwardOpening expected)
    {
        Task<IConnection> opening = request.OpenAsync(peer).AsTask();
        ChannelOpening opened = await _client.OpeningAsync().OrFail();
        Assert.Equal("forwarded-tcpip", opened.Type);
        Assert.True(ForwardingCodec.TryReadOpening(opened.Data.Span, out ForwardOpening told));
        Assert.Equal(expected, told);
        await using IConnection client = opened.Accept()!;
        await using IConnection server = await opening.OrFail();
        await server.SendAndEndAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await client.ReadToEndAsync().OrFail());
    }

    private static async Task AssertRefusedAsync(ChannelOpenFailure failure, Task<IConnection> opening) =>
        Assert.Equal(failure, (await Assert.ThrowsAsync<ChannelRefusedException>(() => opening.OrFail())).Failure);
}
