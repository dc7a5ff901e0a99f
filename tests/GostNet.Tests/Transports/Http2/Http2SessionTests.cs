using System.Collections.Concurrent;
using System.Text;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;

namespace GostNet.Tests.Transports.Http2;

public class Http2SessionTests
{
    [Fact]
    public async Task Stream_BothWays_CarriesBytesAndEnds()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();

        await client.SendAndEndAsync("ping"u8.ToArray()).OrFail();
        Assert.Equal("ping"u8.ToArray(), await server.ReadToEndAsync().OrFail());
        await server.SendAndEndAsync("pong"u8.ToArray()).OrFail();
        Assert.Equal("pong"u8.ToArray(), await client.ReadToEndAsync().OrFail());

        Assert.Equal(0, pair.Client.StreamCount);
        Assert.Equal(0, (await pair.Server.Session).StreamCount);
    }

    [Fact]
    public async Task HalfClose_OfTheServer_LeavesTheClientWriting()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await server.SendAndEndAsync([1]).OrFail();
        Assert.Equal([1], await client.ReadToEndAsync().OrFail());
        byte[] data = Pattern(3_000_000);
        Task<byte[]> reading = server.ReadToEndAsync();
        await client.SendAndEndAsync(data).OrFail();
        Assert.Equal(data, await reading.OrFail());
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(1)]
    [InlineData(13)]
    public async Task Streams_ManyAtOnce_CarryWhatIsTheirs(int bufferSize)
    {
        int streams = bufferSize < 100 ? 5 : Http2Profile.MaxStreams - 1;
        int size = bufferSize < 100 ? 3000 : 300_000;
        await using Http2Pair pair = new(bufferSize: bufferSize);
        Task serving = EchoAsync(await pair.Server.Session.OrFail());
        await Task.WhenAll(Enumerable.Range(1, streams).Select(async i =>
        {
            await using IConnection stream = await pair.Client.OpenAsync();
            byte[] data = Pattern(size + i);
            Task sending = stream.SendAndEndAsync(data);
            Assert.Equal(data, await stream.ReadToEndAsync());
            await sending;
        })).OrFail();
        Assert.True(pair.Client.CanOpen);
        await pair.Client.DisposeAsync().OrFail();
        await serving.OrFail();
        Assert.Null(pair.Client.Failure);
        Assert.Null((await pair.Server.Session).Failure);
    }

    [Fact]
    public async Task CanOpen_WithAsManyStreamsAsThereMayBe_IsFalse()
    {
        await using Http2Pair pair = new();
        Http2Session server = await pair.Server.Session.OrFail();
        List<IConnection> streams = [];
        while (pair.Client.CanOpen)
        {
            streams.Add(await pair.Client.OpenAsync().OrFail());
        }

        Assert.Equal(249, streams.Count);
        await Assert.ThrowsAsync<IOException>(() => pair.Client.OpenAsync().OrFail());
        streams[7].Abort();
        Assert.True(pair.Client.CanOpen);
        await pair.Client.OpenAsync().OrFail();
        Assert.Equal(249, pair.Client.StreamCount);
        Assert.InRange(server.StreamCount, 249, 250);
    }

    [Fact]
    public async Task CanOpen_AboveThePeersLimit_IsFalse()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync(settings: Http2Peer.Setting(Http2SettingId.MaxConcurrentStreams, 1));
        await peer.OpenAsync();
        Assert.False(peer.Session.CanOpen);
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenAsync().OrFail());
    }

    [Fact]
    public async Task Ids_UsedUp_OpenNoMore()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        peer.Session.NextStreamId = int.MaxValue;
        IConnection last = await peer.OpenAsync(int.MaxValue);
        Assert.False(peer.Session.CanOpen);
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenAsync().OrFail());
        await peer.SendDataAsync(int.MaxValue, [1]);
        Assert.Equal([1], await last.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Stall_OfOneReader_StopsItsOwnStreamOnly()
    {
        await using Http2Pair pair = new();
        (IConnection stalled, IConnection server) = await pair.OpenAsync();
        byte[] data = Pattern(8 * 1024 * 1024);
        Task flooding = server.Stream.WriteAsync(data).AsTask();
        Task upFlooding = stalled.Stream.WriteAsync(data).AsTask();

        (IConnection client, IConnection other) = await pair.OpenAsync();
        Task sending = other.SendAndEndAsync(data);
        Assert.Equal(data, await client.ReadToEndAsync().OrFail());
        await sending.OrFail();
        Task sendingUp = client.SendAndEndAsync(data);
        Assert.Equal(data, await other.ReadToEndAsync().OrFail());
        await sendingUp.OrFail();

        Assert.False(flooding.IsCompleted);
        Assert.False(upFlooding.IsCompleted);
        Assert.InRange(pair.Client.Held, 1, pair.Client.Profile.StreamWindow);
        Assert.InRange((await pair.Server.Session).Held, 1, 1024 * 1024);
        Assert.Equal(data, await stalled.ReadAsync(data.Length).OrFail());
        Assert.Equal(data, await server.ReadAsync(data.Length).OrFail());
        await flooding.OrFail();
        await upFlooding.OrFail();
    }

    [Fact]
    public async Task Budget_UsedUp_WithholdsCreditUntilSomebodyReads()
    {
        // Little enough that two stalled streams use it up, and the session's window with it.
        Http2Profile server = Http2Profile.OfServer(acceptsTunnels: true) with
        {
            StreamWindow = Http2Profile.SessionWindow,
            ReceiveBudget = 1024 * 1024,
        };
        await using Http2Pair pair = new(server: server);
        (IConnection client, IConnection far) = await pair.OpenAsync();
        (IConnection otherClient, IConnection otherFar) = await pair.OpenAsync();
        byte[] data = Pattern(20 * 1024 * 1024);
        Task sending = client.SendAndEndAsync(data);
        Http2Session session = await pair.Server.Session;
        while (session.Held < Http2Profile.SessionWindow)
        {
            await Task.Yield();
        }

        Task waiting = otherClient.Stream.WriteAsync(new byte[1]).AsTask();
        Assert.Equal(data, await far.ReadToEndAsync().OrFail());
        await sending.OrFail();
        await waiting.OrFail();
        Assert.Single(await otherFar.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Abort_OfEitherEnd_FailsTheOther()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await client.Stream.WriteAsync(new byte[] { 7 }).OrFail();
        Assert.Equal([7], await server.ReadAsync(1).OrFail());
        Task<int> reading = server.Stream.ReadAsync(new byte[1]).AsTask();
        client.Abort();
        await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAsync<IOException>(() => server.Stream.WriteAsync(new byte[1]).OrFail());

        (client, server) = await pair.OpenAsync();
        Task<int> clientReading = client.Stream.ReadAsync(new byte[1]).AsTask();
        server.Abort();
        await Assert.ThrowsAsync<IOException>(() => clientReading.OrFail());
        Assert.Equal(0, pair.Client.StreamCount);
    }

    [Fact]
    public async Task Abort_WithAReadAndAWriteInFlight_FailsBoth()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Task<int> reading = client.Stream.ReadAsync(new byte[1]).AsTask();
        Task writing = client.Stream.WriteAsync(new byte[9_000_000]).AsTask();
        client.Abort();
        await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAsync<IOException>(() => writing.OrFail());
        await Assert.ThrowsAsync<IOException>(() => server.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Dispose_BeforeThePeerHasEnded_IsAnEndToIt()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await client.Stream.WriteAsync("bye"u8.ToArray()).OrFail();
        await client.DisposeAsync().OrFail();
        Assert.Equal("bye"u8.ToArray(), await server.ReadToEndAsync().OrFail());
        await server.CompleteWritesAsync().OrFail();
        Assert.Equal(0, pair.Client.StreamCount);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_OfTheSession_EndsStreamsAndPeer(bool isClient)
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Http2Session serverSession = await pair.Server.Session;
        await client.Stream.WriteAsync("last"u8.ToArray()).OrFail();
        await server.Stream.WriteAsync("words"u8.ToArray()).OrFail();
        await (isClient ? pair.Client : serverSession).DisposeAsync().OrFail();
        await (isClient ? serverSession : pair.Client).Completion.OrFail();
        Assert.Equal(isClient ? "last"u8.ToArray() : "words"u8.ToArray(), await (isClient ? server : client).ReadToEndAsync().OrFail());
        Assert.Null(pair.Client.Failure);
        Assert.Null(serverSession.Failure);
        Assert.Null(await serverSession.AcceptAsync().OrFail());
        Assert.False(pair.Client.CanOpen);
        await Assert.ThrowsAsync<IOException>(() => pair.Client.OpenAsync().OrFail());
        Assert.Equal(0, pair.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Loss_OfTheCarrier_FailsStreams()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        IConnection stream = await peer.OpenAsync();
        await peer.SendDataAsync(1, [1, 2]);
        peer.Far.Abort();
        await peer.Session.Completion.OrFail();
        Assert.IsType<IOException>(peer.Session.Failure);
        Assert.True(peer.Carrier.IsDisposed);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task GoAway_OfTheServer_EndsNewStreamsAndSparesOld()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        IConnection old = await peer.OpenAsync();
        Task<IConnection> opening = peer.Session.OpenAsync().AsTask();
        await peer.ExpectHeadAsync(3);
        await peer.SendAsync(Http2FrameType.GoAway, Http2FrameFlags.None, 0, [.. Http2Peer.Word(1), .. Http2Peer.Word(0)]);
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail());
        Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
        Assert.False(peer.Session.CanOpen);
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenAsync().OrFail());

        await peer.SendDataAsync(1, [9], isEnd: true);
        Assert.Equal([9], await old.ReadToEndAsync().OrFail());
        await old.DisposeAsync();
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.EndStream, 1);
    }

    [Fact]
    public async Task Response_OtherThan200_IsAFailure()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        Task<IConnection> opening = peer.Session.OpenAsync().AsTask();
        await peer.ExpectHeadAsync(1);
        await peer.SendHeadersAsync(
            1, Http2Peer.Head(new HeaderField(":status", "405")), Http2FrameFlags.EndHeaders | Http2FrameFlags.EndStream);
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail());
        Assert.Equal(ForwardError.ProxyFailure, failure.Error);
        Assert.Contains("405", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, peer.Session.StreamCount);
    }

    [Fact]
    public async Task Response_AfterInterimOnes_IsTheLast()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        Task<IConnection> opening = peer.Session.OpenAsync().AsTask();
        await peer.ExpectHeadAsync(1);
        await peer.SendHeadersAsync(1, Http2Peer.Head(new HeaderField(":status", "103")));
        await peer.SendHeadersAsync(1, Http2Peer.Ok);
        await opening.OrFail();
    }

    [Fact]
    public async Task Response_ThatDoesNotCome_TimesOut()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        Task<IConnection> opening = peer.Session.OpenAsync().AsTask();
        await peer.ExpectHeadAsync(1);
        await peer.Clock.WaitForTimersAsync(2).OrFail();
        peer.Clock.Advance(Http2Session.ResponseTimeout);
        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail());
        Assert.Equal(ForwardError.TimedOut, failure.Error);
        await peer.ExpectResetAsync(1, Http2ErrorCode.Cancel);
        Assert.Equal(0, peer.Session.StreamCount);
    }

    [Fact]
    public async Task Abort_WhileTheAnswerIsAwaited_EndsTheWait()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync(profile: Http2Profile.OfClient(tunnelRequest: null));
        var stream = Assert.IsType<Http2Connection>(await peer.Session.OpenAsync().OrFail());
        Task<ResponseHead> asking = stream.RequestAsync(Http2Pair.Connect, default).AsTask();
        await peer.ExpectHeadAsync(1);
        stream.Abort();
        await Assert.ThrowsAsync<IOException>(() => asking.OrFail());
        await peer.ExpectResetAsync(1, Http2ErrorCode.ConnectError);
    }

    [Fact]
    public async Task Open_Cancelled_ResetsTheStream()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        using CancellationTokenSource cancellation = new();
        Task<IConnection> opening = peer.Session.OpenAsync(cancellation.Token).AsTask();
        await peer.ExpectHeadAsync(1);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.OrFail());
        await peer.ExpectResetAsync(1, Http2ErrorCode.Cancel);
        await peer.SendHeadersAsync(1, Http2Peer.Ok); // late
        await peer.OpenAsync(3);
    }

    [Theory]
    [InlineData(Http2ErrorCode.RefusedStream, ForwardError.ConnectionClosed)]
    [InlineData(Http2ErrorCode.Http11Required, ForwardError.ProtocolError)]
    internal async Task Reset_InPlaceOfAResponse_IsAFailure(Http2ErrorCode code, ForwardError expected)
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        Task<IConnection> opening = peer.Session.OpenAsync().AsTask();
        await peer.ExpectHeadAsync(1);
        await peer.SendResetAsync(1, code);
        Assert.Equal(expected, (await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail())).Error);
    }

    [Theory]
    [InlineData(Http2ErrorCode.Cancel)]
    [InlineData(Http2ErrorCode.NoError)]
    internal async Task Reset_AsGostCloses_IsAnEndAfterWhatCame(Http2ErrorCode code)
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await peer.SendDataAsync(1, [1, 2, 3]);
        await peer.SendResetAsync(1, code);
        await peer.SendDataAsync(1, [], isEnd: true); // GOST does that
        Assert.Equal([1, 2, 3], await stream.ReadToEndAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
        await stream.CompleteWritesAsync().OrFail();
        await stream.DisposeAsync();
        await peer.AssertAliveAsync(3);
        Assert.Equal(1, peer.Session.IgnoredFrames);
    }

    [Fact]
    public async Task Reset_ByAnyOtherCode_IsAFailureAfterWhatCame()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await peer.SendDataAsync(1, [1, 2, 3]);
        await peer.SendResetAsync(1, Http2ErrorCode.ConnectError);
        Assert.Equal([1, 2, 3], await stream.ReadAsync(3).OrFail());
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(1).OrFail());
        await Assert.ThrowsAsync<IOException>(() => stream.CompleteWritesAsync().OrFail());
    }

    [Fact]
    public async Task End_OfAGostServer_IsCleanToTheClient()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        IConnection stream = await peer.OpenAsync();
        await peer.SendDataAsync(1, "bye"u8.ToArray());
        await peer.SendDataAsync(1, [], isEnd: true);
        await peer.SendResetAsync(1, Http2ErrorCode.NoError);
        Assert.Equal("bye"u8.ToArray(), await stream.ReadToEndAsync().OrFail());
        while (peer.Session.StreamCount > 0)
        {
            await Task.Yield(); // RST_STREAM is still on its way
        }

        await stream.CompleteWritesAsync().OrFail();
        await stream.DisposeAsync();
        await peer.OpenAsync(3);
    }

    [Fact]
    public async Task Close_ByTheServer_EndsTheStreamAndAsksForNoMore()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await stream.Stream.WriteAsync("x"u8.ToArray()).OrFail();
        await stream.DisposeAsync();
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.None, 1, (byte)'x');
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.EndStream, 1);
        await peer.ExpectResetAsync(1, Http2ErrorCode.NoError);
        await peer.SendDataAsync(1, [1, 2, 3], isEnd: true); // on its way
        await peer.AssertAliveAsync(3);
    }

    [Fact]
    public async Task Close_ByBothEnds_NeedsNoReset()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        await peer.SendDataAsync(1, [1], isEnd: true);
        Assert.Equal([1], await stream.ReadToEndAsync().OrFail());
        await stream.CompleteWritesAsync().OrFail();
        await stream.DisposeAsync();
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.EndStream, 1);
        await peer.AssertAliveAsync(3);
    }

    [Fact]
    public async Task Request_OfAClient_IsGosts()
    {
        Http2ClientLayer layer = new(new(), "127.0.0.1:8443", TimeProvider.System);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        IMultiplexSession session = await layer.StartAsync(near, default).OrFail();
        Task<IConnection> opening = session.OpenAsync(default).AsTask();
        await far.ReadAsync(24 + 27 + 13).OrFail();
        byte[] header = await far.ReadAsync(9).OrFail();
        Assert.True(Http2Codec.TryReadHeader(header, out Http2FrameHeader frame));
        List<HeaderField> fields = [];
        Assert.Equal(HpackResult.Done, new HpackDecoder().Decode(await far.ReadAsync(frame.Length).OrFail(), 10_000, fields));
        Assert.Equal(
            [new(":authority", "127.0.0.1:8443"), new(":method", "CONNECT"), new("accept-encoding", "gzip"), new("user-agent", "Go-http-client/2.0")],
            fields);
        far.Abort();
        await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail());
        await session.DisposeAsync().OrFail();
    }

    [Theory]
    [InlineData(null, "CONNECT", null, 200)]
    [InlineData(null, "GET", "/x", 405)]
    [InlineData("/x", "GET", "/x", 200)]
    [InlineData("/x", "POST", "/x", 200)]
    [InlineData("/x", "GET", "/y", 400)]
    [InlineData("/x", "CONNECT", null, 400)]
    public async Task Request_ToAServer_IsForItsPath(string? serverPath, string method, string? path, int expected)
    {
        await using Http2Pair pair = new(
            Http2Profile.OfClient(new() { Method = method, Authority = "a:1", Path = path, Scheme = path is null ? null : "https" }),
            Http2Profile.OfServer(acceptsTunnels: true, serverPath));
        Task<IConnection> opening = pair.Client.OpenAsync().AsTask();
        if (expected == 200)
        {
            await opening.OrFail();
            return;
        }

        ForwardException failure = await Assert.ThrowsAsync<ForwardException>(() => opening.OrFail());
        Assert.EndsWith($"with {expected}.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Layers_OfBothEnds_MeetByPath()
    {
        Http2ClientLayer clientLayer = new(new() { Path = "/tunnel", Host = "front.test", UserAgent = "" }, "node.test:1", TimeProvider.System);
        Http2ServerLayer serverLayer = new(new() { Path = "/tunnel" }, TimeProvider.System);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using IMultiplexSession client = await clientLayer.StartAsync(near, default).OrFail();
        await using IMultiplexSession server = await serverLayer.StartAsync(far, default).OrFail();
        IConnection ours = await client.OpenAsync(default).OrFail();
        Http2Connection theirs = Assert.IsType<Http2Connection>(await server.AcceptAsync(default).OrFail());
        Assert.Equal(("GET", "/tunnel", "https", "front.test"), (theirs.Request.Method, theirs.Request.Path, theirs.Request.Scheme, theirs.Request.Authority));
        Assert.Equal([new("accept-encoding", "gzip")], theirs.Request.Fields.AsEnumerable());
        await theirs.SendAndEndAsync([5]).OrFail();
        Assert.Equal([5], await ours.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    public async Task Preface_OfSomethingElse_IsAnsweredAsHttp1(string first)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using InMemoryConnection owned = near;
        Task starting = new Http2ServerLayer(new(), TimeProvider.System).StartAsync(near, default).AsTask();
        await far.Stream.WriteAsync(Encoding.Latin1.GetBytes(first)).OrFail();
        Assert.StartsWith("HTTP/1.1 400 ", Encoding.ASCII.GetString(await far.ReadToEndAsync().OrFail()), StringComparison.Ordinal);
        await far.DisposeAsync();
        Assert.Equal(ForwardError.ProtocolError, (await Assert.ThrowsAsync<ForwardException>(() => starting.OrFail())).Error);
    }

    [Fact]
    public async Task Ping_AfterSilence_KeepsOrEndsTheSession()
    {
        await using Http2Peer peer = await Http2Peer.ClientAsync();
        for (int i = 0; i < 2; i++)
        {
            await peer.OpenAsync((uint)(1 + (2 * i))); // the session has heard that
            peer.Clock.Advance(Http2Session.Tick);
            peer.Clock.Advance(Http2Session.Tick);
            peer.Clock.Advance(Http2Session.Tick);
            (Http2FrameHeader header, byte[] payload) = await peer.ReceiveAsync();
            Assert.Equal((Http2FrameType.Ping, Http2FrameFlags.None), (header.Type, header.Flags));
            if (i == 0)
            {
                await peer.SendAsync(Http2FrameType.Ping, Http2Codec.Ack, 0, payload);
            }
        }

        peer.Clock.Advance(Http2Session.Tick);
        await peer.Session.Completion.OrFail();
        Assert.Equal(ForwardError.TimedOut, Assert.IsType<ForwardException>(peer.Session.Failure).Error);
    }

    [Fact]
    public async Task Idle_SessionOfAServer_IsClosed()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        peer.Clock.Advance(Http2Session.IdleTimeout);
        Assert.Equal(Http2ErrorCode.NoError, await peer.GoAwayAsync());
        Assert.Null(peer.Session.Failure);
    }

    [Fact]
    public async Task ZeroByteRead_WaitsAndHoldsNothing()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Task<int> waiting = client.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);
        await server.Stream.WriteAsync(new byte[] { 3 }).OrFail();
        Assert.Equal(0, await waiting.OrFail());
        Assert.Equal([3], await client.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        await using Http2Pair pair = new();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        using CancellationTokenSource cancellation = new();
        Task<int> reading = client.Stream.ReadAsync(new byte[4], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.OrFail());
        await server.Stream.WriteAsync(new byte[] { 3 }).OrFail();
        Assert.Equal([3], await client.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Write_Cancelled_EndsTheWait()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        IConnection stream = await peer.AcceptAsync();
        using CancellationTokenSource cancellation = new();
        Task writing = stream.Stream.WriteAsync(new byte[100_000], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.OrFail());
    }

    [Fact]
    public async Task Windows_OfThePeer_AreKept()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync(settings: Http2Peer.Setting(Http2SettingId.InitialWindowSize, 10));
        IConnection stream = await peer.AcceptAsync();
        Task writing = stream.Stream.WriteAsync(Pattern(25)).AsTask();
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.None, 1, Pattern(25)[..10]);
        await peer.SendAsync(Http2FrameType.Settings, Http2FrameFlags.None, 0, Http2Peer.Setting(Http2SettingId.InitialWindowSize, 4)); // -6 now
        await peer.ExpectAsync(Http2FrameType.Settings, Http2Codec.Ack, 0);
        await peer.SendWindowAsync(1, 7);
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.None, 1, Pattern(25)[10..11]);
        await peer.SendWindowAsync(1, 100);
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.None, 1, Pattern(25)[11..]);
        await writing.OrFail();
    }

    [Fact]
    public async Task Window_OfTheSession_IsSharedAndKept()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync(settings: Http2Peer.Setting(Http2SettingId.InitialWindowSize, 200_000));
        IConnection first = await peer.AcceptAsync(1);
        IConnection second = await peer.AcceptAsync(3);
        Task writing = first.Stream.WriteAsync(new byte[100_000]).AsTask();
        int received = 0;
        while (received < Http2Codec.DefaultWindow)
        {
            (Http2FrameHeader header, byte[] payload) = await peer.ReceiveAsync();
            Assert.Equal((Http2FrameType.Data, 1u), (header.Type, header.StreamId));
            Assert.InRange(payload.Length, 1, Http2Codec.MinMaxFrameSize);
            received += payload.Length;
        }

        Assert.Equal(Http2Codec.DefaultWindow, received);
        Task other = second.Stream.WriteAsync(new byte[] { 1 }).AsTask();
        Assert.False(other.IsCompleted);
        await peer.SendWindowAsync(0, 1_000_000);
        await writing.OrFail();
        await other.OrFail();
    }

    [Fact]
    public async Task Credit_OfAStream_ComesAtHalfItsWindow()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync(bufferSize: 4 * 1024 * 1024);
        IConnection stream = await peer.AcceptAsync();
        int half = peer.Session.Profile.StreamWindow / 2;
        for (int sent = 0; sent < half; sent += 16 * 1024)
        {
            await peer.SendDataAsync(1, new byte[16 * 1024]);
        }

        await stream.ReadAsync(half - 1).OrFail();
        await stream.Stream.WriteAsync(new byte[] { 1 }).OrFail();
        await peer.ExpectAsync(Http2FrameType.Data, Http2FrameFlags.None, 1, 1); // no credit before it
        await stream.ReadAsync(1).OrFail();
        await peer.ExpectAsync(Http2FrameType.WindowUpdate, Http2FrameFlags.None, 1, Http2Peer.Word((uint)half));
    }

    [Fact]
    public async Task Padding_AndPriority_AreSkipped()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.SendHeadersAsync(
            1, [2, 0, 0, 0, 0, 7, .. Http2Peer.Connect, 0, 0], Http2FrameFlags.EndHeaders | Http2FrameFlags.Padded | Http2FrameFlags.Priority);
        IConnection stream = Assert.IsType<Http2Connection>(await peer.Session.AcceptAsync().OrFail());
        await peer.SendAsync(Http2FrameType.Data, Http2FrameFlags.Padded, 1, 3, (byte)'o', (byte)'k', 0, 0, 0);
        await peer.SendAsync(Http2FrameType.Data, Http2FrameFlags.Padded | Http2FrameFlags.EndStream, 1, 0);
        await peer.SendAsync(Http2FrameType.Priority, Http2FrameFlags.None, 9, 0, 0, 0, 0, 1);
        await peer.SendAsync((Http2FrameType)77, (Http2FrameFlags)255, 9, 1, 2, 3);
        Assert.Equal("ok"u8.ToArray(), await stream.ReadToEndAsync().OrFail());
        await peer.ExpectHeadAsync(1);
        await peer.AssertAliveAsync(3);
    }

    [Fact]
    public async Task Head_InPieces_IsPutTogether()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.SendHeadersAsync(1, Http2Peer.Connect[..1], Http2FrameFlags.None);
        for (int i = 1; i < 4; i++)
        {
            await peer.SendAsync(Http2FrameType.Continuation, Http2FrameFlags.None, 1, Http2Peer.Connect[i]);
        }

        await peer.SendAsync(Http2FrameType.Continuation, Http2FrameFlags.EndHeaders, 1, Http2Peer.Connect[4..]);
        Assert.NotNull(await peer.Session.AcceptAsync().OrFail());
    }

    [Fact]
    public async Task Table_ThatThePeerDoesNotWant_IsGivenUp()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync(settings: Http2Peer.Setting(Http2SettingId.HeaderTableSize, 0));
        await peer.SendHeadersAsync(1, Http2Peer.Connect);
        await peer.ExpectAsync(Http2FrameType.Headers, Http2FrameFlags.EndHeaders, 1, HpackEncoder.NoTable, 0x88);
        await peer.SendHeadersAsync(3, Http2Peer.Connect);
        await peer.ExpectAsync(Http2FrameType.Headers, Http2FrameFlags.EndHeaders, 3, 0x88);
    }

    [Fact]
    public async Task Ping_AndSettings_AreAnswered()
    {
        await using Http2Peer peer = await Http2Peer.ServerAsync();
        await peer.SendAsync(Http2FrameType.Ping, Http2FrameFlags.None, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        await peer.ExpectAsync(Http2FrameType.Ping, Http2Codec.Ack, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        await peer.SendAsync(Http2FrameType.Settings, Http2FrameFlags.None, 0);
        await peer.ExpectAsync(Http2FrameType.Settings, Http2Codec.Ack, 0);
    }

    private static byte[] Pattern(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i % 251))];

    private static async Task EchoAsync(Http2Session server)
    {
        ConcurrentBag<Task> echoes = [];
        while (await server.AcceptAsync() is { } stream)
        {
            echoes.Add(Task.Run(async () =>
            {
                await using IConnection owned = stream;
                await stream.Stream.CopyToAsync(stream.Stream);
                await stream.CompleteWritesAsync();
            }));
        }

        await Task.WhenAll(echoes);
    }
}
