using System.Net;
using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>The client's side, with a server that the test plays.</summary>
public sealed class ForwardingClientSessionTests : IAsyncLifetime
{
    private static readonly HostEndPoint Target = new("db", 5432);

    private readonly ScriptedServer _server = new();
    private FakeSshConnection _far = null!;
    private FakeSshConnection _near = null!;
    private ForwardingClientSession _session = null!;

    public async Task InitializeAsync()
    {
        (_near, _far) = FakeSshConnection.CreatePair();
        _far.Handler = _server;
        _session = await ForwardingClientSession.StartAsync("gate:22", handler =>
        {
            _near.Handler = handler;
            return new(_near);
        });
    }

    public async Task DisposeAsync() => await _session.DisposeAsync();

    [Fact]
    public async Task ConnectAsync_TargetIsReached_IsTheConnectionToIt()
    {
        await using IForwardingConnection connection = await OpenAsync();
        Task connecting = connection.ConnectAsync(Target).AsTask();
        ChannelOpening opening = await _server.OpeningAsync().OrFail();
        Assert.Equal("direct-tcpip", opening.Type);
        Assert.True(ForwardingCodec.TryReadOpening(opening.Data.Span, out ForwardOpening asked));
        Assert.Equal(new ForwardOpening("db", 5432, "0.0.0.0", 0), asked);
        await using IConnection far = opening.Accept()!;
        await connecting.OrFail();

        await connection.SendAndEndAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await far.ReadToEndAsync().OrFail());
        await far.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await connection.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("", "localhost")]
    [InlineData("::1", "::1")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    public async Task ConnectAsync_AHost_IsWrittenAsServersReadIt(string host, string expected)
    {
        await using IForwardingConnection connection = await OpenAsync();
        Task connecting = connection.ConnectAsync(new(host, 80)).AsTask();

        ChannelOpening opening = await _server.OpeningAsync().OrFail();

        Assert.True(ForwardingCodec.TryReadOpening(opening.Data.Span, out ForwardOpening asked));
        Assert.Equal(expected, asked.Host);
        opening.Refuse(ChannelOpenFailure.ConnectFailed, "Connection refused");
        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => connecting.OrFail());
        Assert.Equal(ForwardError.ConnectionRefused, e.Error);
        Assert.True(e.IsTargetFault);
    }

    [Fact]
    public async Task ConnectAsync_ConnectionIsDisposedOfMeanwhile_DropsTheChannel()
    {
        IForwardingConnection connection = await OpenAsync();
        Task connecting = connection.ConnectAsync(Target).AsTask();
        ChannelOpening opening = await _server.OpeningAsync().OrFail();

        await connection.DisposeAsync();
        IConnection far = opening.Accept()!;

        await Assert.ThrowsAsync<IOException>(() => connecting.OrFail());
        await Assert.ThrowsAsync<IOException>(() => far.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task ConnectAsync_ASecondTime_Throws()
    {
        await using IForwardingConnection connection = await OpenAsync();
        _ = connection.ConnectAsync(Target).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.ConnectAsync(Target).AsTask());
    }

    [Fact]
    public async Task OpenAsync_ConnectionHasEnded_Throws()
    {
        _near.End(new IOException("It broke."));

        Assert.False(_session.CanOpen);
        Assert.Equal("It broke.", _session.Failure!.Message);
        await Assert.ThrowsAsync<IOException>(() => OpenAsync());
        Assert.Null(await _session.AcceptAsync(default).OrFail());
    }

    [Theory]
    [InlineData("", "0.0.0.0")]
    [InlineData("localhost", "localhost")]
    [InlineData("::", "::")]
    [InlineData("Gate.example", "Gate.example")]
    public async Task ListenAsync_AnAddress_IsSentAsItWasGiven(string host, string expected)
    {
        await using IForwardingConnection connection = await OpenAsync();
        Task<IListener> listening = connection.ListenAsync(new(host, 2222)).AsTask();

        GlobalRequest request = await _server.RequestAsync().OrFail();

        Assert.Equal(("tcpip-forward", true), (request.Name, request.WantsReply));
        Assert.True(ForwardingCodec.TryReadAddress(request.Data.Span, out string? address, out uint port));
        Assert.Equal((expected, 2222u), (address, port));
        request.Answer(isDone: true);
        await using IListener listener = await listening.OrFail();
        Assert.Equal(2222, PortOf(listener));
    }

    [Fact]
    public async Task ListenAsync_AnyPort_IsThePortThatTheServerChose()
    {
        await using IListener listener = await ListenAsync("localhost", 0, ForwardingCodec.WritePort(40022));

        Assert.Equal(40022, PortOf(listener));
        await using IConnection peer = await AcceptAsync(listener, "localhost", 40022);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000")]
    [InlineData("00010000")]
    [InlineData("0000")]
    public async Task ListenAsync_AnyPortAndNoneIsTold_Throws(string hex)
    {
        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => ListenAsync("localhost", 0, Convert.FromHexString(hex)));

        Assert.Equal(ForwardError.ProtocolError, e.Error);
    }

    [Fact]
    public async Task ListenAsync_ServerRefuses_NamesThePortAndWhatMayBeTheReason()
    {
        await using IForwardingConnection connection = await OpenAsync();
        Task<IListener> listening = connection.ListenAsync(new("", 2222)).AsTask();
        (await _server.RequestAsync().OrFail()).Answer(isDone: false);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => listening.OrFail());

        Assert.True(e.IsTransient);
        Assert.All(["2222", "gate:22", "GatewayPorts", "permitlisten"], word => Assert.Contains(word, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ListenAsync_GivenUpBeforeTheAnswer_ReleasesThePort()
    {
        using CancellationTokenSource stop = new();
        await using IForwardingConnection connection = await OpenAsync();
        Task<IListener> listening = connection.ListenAsync(new("", 2222), stop.Token).AsTask();
        GlobalRequest request = await _server.RequestAsync().OrFail();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening.OrFail());

        request.Answer(isDone: true);

        GlobalRequest cancel = await _server.RequestAsync().OrFail();
        Assert.Equal("cancel-tcpip-forward", cancel.Name);
        Assert.Equal(request.Data.ToArray(), cancel.Data.ToArray());
    }

    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("0.0.0.0", "")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("gate", "GATE")]
    [InlineData("gate", "::")]
    [InlineData("gate", "localhost")]
    public async Task Forwarded_InTheWordsOfSomeServer_IsAccepted(string asked, string told)
    {
        await using IListener listener = await ListenAsync(asked, 2222);

        await using IConnection peer = await AcceptAsync(listener, told, 2222);

        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 55555), peer.RemoteEndPoint);
        Assert.Equal(listener.LocalEndPoint, peer.LocalEndPoint);
        Assert.Equal(asked.Length > 4, listener.LocalEndPoint is IPEndPoint);
    }

    [Theory]
    [InlineData("other", 2222u)]
    [InlineData("gate", 2223u)]
    [InlineData("gate", 0u)]
    [InlineData("gate", 65536u + 2222u)]
    [InlineData("ga\0te", 2222u)]
    public async Task Forwarded_ThatNobodyAskedFor_IsRefused(string told, uint port)
    {
        await using IListener listener = await ListenAsync("gate", 2222);

        await AssertRefusedAsync(ChannelOpenFailure.AdministrativelyProhibited, told, port);
    }

    [Fact]
    public async Task Forwarded_SamePortOnTwoAddresses_IsTakenByItsWords()
    {
        await using IListener one = await ListenAsync("one", 2222);
        await using IListener two = await ListenAsync("two", 2222);

        await using IConnection peer1 = await AcceptAsync(one, "one", 2222);
        await using IConnection peer2 = await AcceptAsync(two, "two", 2222);
        await AssertRefusedAsync(ChannelOpenFailure.AdministrativelyProhibited, "localhost", 2222);
    }

    [Fact]
    public async Task Forwarded_RightBehindTheAnswer_FindsThePort()
    {
        await using IForwardingConnection connection = await OpenAsync();
        Task<IListener> listening = connection.ListenAsync(new("gate", 0)).AsTask();
        GlobalRequest request = await _server.RequestAsync().OrFail();

        request.Answer(isDone: true, ForwardingCodec.WritePort(2222));
        Task<IConnection> opening = OpenForwardedAsync("gate", 2222);

        await using IListener listener = await listening.OrFail();
        await using IConnection? peer = await listener.AcceptAsync().OrFail();
        await using IConnection far = await opening.OrFail();
    }

    [Fact]
    public async Task Forwarded_NobodyAccepts_IsRefusedBeyondTheBacklogAndLeavesNoChannel()
    {
        IListener listener = await ListenAsync("gate", 2222);
        List<Task<IConnection>> waiting = [.. Enumerable.Range(0, RemotePort.Backlog).Select(_ => OpenForwardedAsync("gate", 2222))];

        await AssertRefusedAsync(ChannelOpenFailure.ResourceShortage, "gate", 2222);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        await listener.DisposeAsync();

        foreach (Task<IConnection> task in waiting)
        {
            await Assert.ThrowsAsync<ChannelRefusedException>(() => task.OrFail());
        }

        Assert.Equal(0, _far.ChannelCount);
    }

    [Fact]
    public async Task DisposeAsync_OfAListener_CancelsItAndLeavesPeersAlone()
    {
        IListener listener = await ListenAsync("gate", 0, ForwardingCodec.WritePort(40022));
        Task<IConnection> opening = OpenForwardedAsync("gate", 40022);
        await using IConnection? peer = await listener.AcceptAsync().OrFail();
        await using IConnection far = await opening.OrFail();
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();

        await listener.DisposeAsync();
        await listener.DisposeAsync();

        Assert.Null(await accepting.OrFail());
        GlobalRequest cancel = await _server.RequestAsync().OrFail();
        Assert.Equal(("cancel-tcpip-forward", false), (cancel.Name, cancel.WantsReply));
        Assert.Equal(ForwardingCodec.WriteAddress("gate", 40022), cancel.Data.ToArray());
        await AssertRefusedAsync(ChannelOpenFailure.AdministrativelyProhibited, "gate", 40022);
        await peer!.SendAndEndAsync("still there"u8.ToArray());
        Assert.Equal("still there"u8.ToArray(), await far.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task AcceptAsync_ConnectionBreaks_ThrowsWhy()
    {
        await using IListener listener = await ListenAsync("gate", 2222);
        Task<IConnection?> accepting = listener.AcceptAsync().AsTask();

        _near.End(new IOException("Nothing was heard."));

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => accepting.OrFail());
        Assert.Equal(ForwardError.ConnectionClosed, e.Error);
        Assert.Contains("Nothing was heard", e.Message, StringComparison.Ordinal);
        Assert.Contains("gate:22", e.Message, StringComparison.Ordinal);
        await listener.DisposeAsync();
        Assert.Null(await listener.AcceptAsync().OrFail());
    }

    [Theory]
    [InlineData("session")]
    [InlineData("x11")]
    [InlineData("auth-agent@openssh.com")]
    [InlineData("direct-tcpip")]
    public async Task Open_OfAnotherType_IsRefused(string type)
    {
        ChannelRefusedException e = await Assert.ThrowsAsync<ChannelRefusedException>(
            () => _far.OpenChannelAsync(type, default, default).OrFail());

        Assert.Equal(ChannelOpenFailure.UnknownChannelType, e.Failure);
    }

    [Fact]
    public async Task Open_WithoutWhatBelongsToIt_EndsTheConnection()
    {
        SshException e = await Assert.ThrowsAsync<SshException>(() => _far.OpenChannelAsync("forwarded-tcpip", new byte[7], default).OrFail());

        Assert.Equal(DisconnectReason.ProtocolError, e.Reason);
    }

    [Theory]
    [InlineData("tcpip-forward")]
    [InlineData("hostkeys-00@openssh.com")]
    public async Task Request_OfTheServer_IsNotDone(string name) =>
        Assert.False(await _far.RequestAsync(name, default, null, default).OrFail());

    private static int PortOf(IListener listener) => listener.LocalEndPoint switch
    {
        IPEndPoint address => address.Port,
        HostEndPoint name => name.Port,
        _ => -1,
    };

    private async Task<IForwardingConnection> OpenAsync() => (IForwardingConnection)await _session.OpenAsync(default);

    private async Task<IListener> ListenAsync(string host, int port, byte[]? answer = null)
    {
        IForwardingConnection connection = await OpenAsync();
        Task<IListener> listening = connection.ListenAsync(new(host, port)).AsTask();
        (await _server.RequestAsync().OrFail()).Answer(isDone: true, answer);
        return await listening.OrFail();
    }

    private async Task<IConnection> OpenForwardedAsync(string told, uint port)
    {
        byte[] data = new SshWriter().Text(told).UInt32(port).Text("192.0.2.1").UInt32(55555).ToArray();
        return await _far.OpenChannelAsync("forwarded-tcpip", data, default);
    }

    private async Task<IConnection> AcceptAsync(IListener listener, string told, uint port)
    {
        Task<IConnection> opening = OpenForwardedAsync(told, port);
        IConnection? accepted = await listener.AcceptAsync().OrFail();
        await using IConnection far = await opening.OrFail();
        await far.SendAndEndAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await accepted!.ReadToEndAsync().OrFail());
        return accepted!;
    }

    private async Task AssertRefusedAsync(ChannelOpenFailure failure, string told, uint port)
    {
        ChannelRefusedException e = await Assert.ThrowsAsync<ChannelRefusedException>(() => OpenForwardedAsync(told, port).OrFail());
        Assert.Equal(failure, e.Failure);
    }
}
