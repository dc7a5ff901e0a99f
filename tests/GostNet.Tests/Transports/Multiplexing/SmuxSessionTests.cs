using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

public class SmuxSessionTests
{
    [Theory]
    [InlineData(1, SmuxRole.Client, "v1_client_first_syn")]
    [InlineData(1, SmuxRole.Server, "v1_server_first_syn")]
    [InlineData(2, SmuxRole.Client, "v2_client_first_syn")]
    public async Task Open_First_SendsWhatTheReferenceSends(int version, object role, string name)
    {
        await using SmuxPeer peer = new((SmuxRole)role, new() { Version = version });
        await peer.Session.OpenStreamAsync().OrFail();
        await peer.ExpectAsync(Recorded(name));
    }

    [Fact]
    public async Task Open_Second_TakesTheNextId()
    {
        await using SmuxPeer peer = new();
        await peer.OpenAsync();
        await peer.Session.OpenStreamAsync().OrFail();
        await peer.ExpectAsync(Recorded("v1_client_second_syn"));
    }

    [Theory]
    [InlineData(4096, 5000, "v1_psh_5000_part1_gost_2_8_1", "v1_psh_5000_part2_gost_2_8_1")]
    [InlineData(32_768, 40_000, "v1_psh_40000_part1_gost_2_12", "v1_psh_40000_part2_gost_2_12")]
    public async Task Write_LongerThanAFrame_IsCutAsTheReferenceCutsIt(int frameSize, int size, params string[] names)
    {
        await using SmuxPeer peer = new(options: new() { MaxFrameSize = frameSize });
        IConnection stream = await peer.OpenAsync();
        await stream.Stream.WriteAsync(SmuxVectors.Pattern(0, size)).OrFail();
        foreach (string name in names)
        {
            JsonElement vector = SmuxVectors.Frames.Single(frame => SmuxVectors.Text(frame, "name") == name);
            byte[] frame = await peer.Far.ReadAsync(SmuxCodec.HeaderLength + vector.GetProperty("length").GetInt32()).OrFail();
            Assert.Equal(SmuxVectors.Text(vector, "frame_sha256"), Convert.ToHexStringLower(SHA256.HashData(frame)));
        }
    }

    [Fact]
    public async Task Stream_AsRecordedFromMbind_SendsAndTakesTheSameBytes()
    {
        JsonElement[] steps = [.. SmuxVectors.Scenario("mbind_first_stream").GetProperty("steps").EnumerateArray()];
        string Hex(int step) => SmuxVectors.Text(steps[step], "hex");
        await using SmuxPeer peer = new(SmuxRole.Server);
        await peer.SendAsync(Hex(0) + Hex(1));
        IConnection stream = (await peer.Session.AcceptStreamAsync().OrFail())!;
        Assert.Equal("hello"u8.ToArray(), await stream.ReadAsync(5).OrFail());
        await stream.Stream.WriteAsync("world"u8.ToArray());
        await peer.ExpectAsync(Hex(2));
        await peer.SendAsync(Hex(3));
        Assert.Empty(await stream.ReadToEndAsync().OrFail());
        await stream.DisposeAsync();
        await peer.ExpectAsync(Hex(4));
        Assert.Equal((0, 0), (peer.Session.StreamCount, peer.Session.LingeringStreamCount));
        await peer.AssertAliveAsync(5);
    }

    [Fact]
    public async Task Frames_InOneSegment_AreAllTaken()
    {
        await using SmuxPeer peer = new(SmuxRole.Server);
        await peer.SendAsync(SmuxVectors.Text(SmuxVectors.Scenario("two_frames_in_one_segment").GetProperty("steps")[0], "hex"));
        IConnection stream = (await peer.Session.AcceptStreamAsync().OrFail())!;
        Assert.Equal("ab"u8.ToArray(), await stream.ReadAsync(2).OrFail());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Frames_SplitAtEveryPlace_AreTheSame(int version)
    {
        byte[] bytes =
        [
            .. SmuxPeer.Frame((byte)version, SmuxCommand.Syn, 3), .. SmuxPeer.Frame((byte)version, SmuxCommand.Push, 3, "hello"u8.ToArray()),
            .. version == 2 ? Convert.FromHexString(Recorded("v2_upd_after_first_read").Replace("0800030000000300", "0800630000000300", StringComparison.Ordinal)) : [],
            .. SmuxPeer.Frame((byte)version, SmuxCommand.Nop, 0), .. SmuxPeer.Frame((byte)version, SmuxCommand.Push, 3, "world"u8.ToArray()),
            .. SmuxPeer.Frame((byte)version, SmuxCommand.Fin, 3),
        ];
        for (int split = 1; split < bytes.Length; split++)
        {
            // A connection that holds one byte hands them over one by one; the split decides where that begins.
            await using SmuxPeer peer = new(SmuxRole.Server, new() { Version = version }, bufferSize: split);
            Task sending = peer.Far.Stream.WriteAsync(bytes).AsTask();
            IConnection stream = (await peer.Session.AcceptStreamAsync().OrFail())!;
            Assert.Equal("helloworld"u8.ToArray(), await stream.ReadToEndAsync().OrFail());
            await sending.OrFail();
        }
    }

    [Fact]
    public async Task Read_OfNoBytes_WaitsForData()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        Task<int> waiting = stream.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await peer.AssertAliveAsync(2);
        Assert.False(waiting.IsCompleted);
        await peer.SendAsync(SmuxCommand.Push, 3, 1, 2);
        Assert.Equal(0, await waiting.OrFail());
        Assert.Equal(0, await stream.Stream.ReadAsync(Memory<byte>.Empty).OrFail());
        Assert.Equal([1, 2], await stream.ReadAsync(2).OrFail());
    }

    [Fact]
    public async Task Read_OfNoBytes_EndsWithTheStream()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        Task<int> waiting = stream.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await peer.SendAsync(SmuxCommand.Fin, 3);
        Assert.Equal(0, await waiting.OrFail());
        Assert.Equal(0, await stream.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task Read_WaitingForFramesThatComeTogether_GetsThemTogether()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        byte[] buffer = new byte[5];
        Task<int> reading = stream.Stream.ReadAsync(buffer).AsTask();
        await peer.SendAsync([.. SmuxPeer.Frame(1, SmuxCommand.Push, 3, 1, 2, 3), .. SmuxPeer.Frame(1, SmuxCommand.Push, 3, 4, 5, 6)]);
        Assert.Equal(5, await reading.OrFail());
        Assert.Equal([1, 2, 3, 4, 5], buffer);
        Assert.Equal([6], await stream.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothingAndDisturbsNobody()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        IConnection other = await peer.OpenAsync();
        Task<int> otherReading = other.Stream.ReadAsync(new byte[1]).AsTask();
        using CancellationTokenSource cancellation = new();
        Task<int> reading = stream.Stream.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.OrFail());
        await peer.SendAsync(SmuxCommand.Push, 3, 1);
        await peer.SendAsync(SmuxCommand.Push, 5, 2);
        Assert.Equal([1], await stream.ReadAsync(1).OrFail());
        Assert.Equal(1, await otherReading.OrFail());
    }

    [Fact]
    public async Task Read_WhileAnotherIsInFlight_IsRefused()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        Task<int> reading = stream.Stream.ReadAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.Stream.ReadAsync(new byte[1]).OrFail());
        await peer.SendAsync(SmuxCommand.Push, 3, 1);
        Assert.Equal(1, await reading.OrFail());
    }

    [Fact]
    public async Task Write_Cancelled_SendsNothingMoreOfIt()
    {
        await using SmuxPeer peer = new(options: new() { Version = 2 });
        IConnection stream = await peer.OpenAsync();
        await peer.SendUpdateAsync(3, 0, 2);
        await peer.AssertAliveAsync(2);
        await peer.ReceiveAsync(); // the window update of that
        using CancellationTokenSource cancellation = new();
        Task writing = stream.Stream.WriteAsync(new byte[] { 1, 2, 3 }, cancellation.Token).AsTask();
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1, 2);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.OrFail());
        await peer.SendUpdateAsync(3, 2, 10);
        await stream.Stream.WriteAsync(new byte[] { 9 }).OrFail();
        await peer.ExpectAsync(SmuxCommand.Push, 3, 9);
    }

    [Fact]
    public async Task Write_OfNoBytes_SendsNothing()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        await stream.Stream.WriteAsync(Memory<byte>.Empty).OrFail();
        await stream.Stream.WriteAsync(new byte[] { 1 }).OrFail();
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1);
    }

    [Fact]
    public async Task Open_AnswerBeforeTheSynIsOut_IsNotLost()
    {
        // The connection takes half of the SYN, and then waits.
        await using SmuxPeer peer = new(bufferSize: 4);
        IConnection stream = await peer.Session.OpenStreamAsync().OrFail();
        await peer.SendAsync(SmuxCommand.Push, 3, 7);
        Assert.Equal([7], await stream.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Open_WithoutIdsLeft_Fails()
    {
        await using SmuxPeer peer = new();
        peer.Session.NextStreamId = uint.MaxValue;
        await peer.Session.OpenStreamAsync().OrFail();
        await peer.ExpectAsync(SmuxCommand.Syn, uint.MaxValue);
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenStreamAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenStreamAsync().OrFail());
        await peer.AssertAliveAsync(2);
    }

    [Fact]
    public async Task Open_Cancelled_LeavesNoStream()
    {
        await using SmuxPeer peer = new(options: new() { MaxFrameSize = 1000 }, bufferSize: 4);
        IConnection blocking = await peer.Session.OpenStreamAsync().OrFail(); // its SYN does not fit: everything waits behind it
        using CancellationTokenSource cancellation = new();
        Task<IConnection> opening = peer.Session.OpenStreamAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.OrFail());
        Assert.Equal(1, peer.Session.StreamCount);
        await peer.ExpectAsync(SmuxCommand.Syn, 3);
        await peer.ExpectAsync(SmuxCommand.Syn, 5);
        await peer.ExpectAsync(SmuxCommand.Fin, 5);
        await blocking.DisposeAsync();
    }

    [Fact]
    public async Task EndPoints_OfAStream_AreTheCarriers()
    {
        IPEndPoint near = new(IPAddress.Loopback, 1);
        IPEndPoint far = new(IPAddress.Loopback, 2);
        (InMemoryConnection carrier, _) = InMemoryConnection.CreatePair(near, far);
        SmuxSession session = SmuxSession.Start(carrier, SmuxRole.Client, new(), TimeProvider.System);
        IConnection stream = await session.OpenStreamAsync().OrFail();
        Assert.Equal((near, far), (stream.LocalEndPoint, stream.RemoteEndPoint));
        session.Abort();
        await session.DisposeAsync().OrFail();
    }

    [Fact]
    public void Start_WithWrongOptions_LeavesTheConnectionAlone()
    {
        (InMemoryConnection carrier, _) = InMemoryConnection.CreatePair();
        Assert.Throws<ArgumentException>(() => SmuxSession.Start(carrier, SmuxRole.Client, new() { Version = 0 }, TimeProvider.System));
        Assert.False(carrier.IsDisposed);
    }

    [Fact]
    public async Task Abort_OfAStream_SendsFinAtOnceAndDropsTheRest()
    {
        await using SmuxPeer peer = new(options: new() { Version = 2 });
        IConnection stream = await peer.OpenAsync();
        await peer.SendUpdateAsync(3, 0, 1);
        await peer.AssertAliveAsync(2);
        await peer.ReceiveAsync();
        Task writing = stream.Stream.WriteAsync(new byte[] { 1, 2 }).AsTask();
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1);
        Task<int> reading = stream.Stream.ReadAsync(new byte[1]).AsTask();

        stream.Abort();

        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await Assert.ThrowsAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAsync<IOException>(() => writing.OrFail());
        await Assert.ThrowsAsync<IOException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<IOException>(() => stream.CompleteWritesAsync().OrFail());
        Assert.Equal((1, 1), (peer.Session.StreamCount, peer.Session.LingeringStreamCount));
        stream.Abort();
        await stream.DisposeAsync();
        await peer.AssertAliveAsync(4);
        await peer.ExpectAsync(SmuxCommand.Update, 4, 1, 0, 0, 0, 0, 0, 1, 0); // and no second FIN before it
    }

    [Fact]
    public async Task Dispose_WithAWriteInFlight_SendsItAndThenFin()
    {
        await using SmuxPeer peer = new(options: new() { Version = 2 });
        IConnection stream = await peer.OpenAsync();
        await peer.SendUpdateAsync(3, 0, 1);
        await peer.AssertAliveAsync(2);
        await peer.ReceiveAsync();
        Task writing = stream.Stream.WriteAsync(new byte[] { 1, 2 }).AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(1).OrFail());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1);
        await peer.SendUpdateAsync(3, 1, 1);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 2);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await writing.OrFail();
    }

    [Fact]
    public async Task Dispose_WithAWriteThatNobodyTakes_GivesUpAfterAMinute()
    {
        await using SmuxPeer peer = new(options: WithoutKeepAlive with { Version = 2 });
        IConnection stream = await peer.OpenAsync();
        await peer.SendUpdateAsync(3, 0, 1);
        await peer.AssertAliveAsync(2);
        await peer.ReceiveAsync();
        Task writing = stream.Stream.WriteAsync(new byte[] { 1, 2 }).AsTask();
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1);
        await stream.DisposeAsync();
        peer.Clock.Advance(SmuxSession.LingerTimeout);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing.OrFail());
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        Assert.Equal(0, peer.Session.LingeringStreamCount);
    }

    [Fact]
    public async Task Dispose_OfAStream_IsRememberedForAMinute()
    {
        await using SmuxPeer peer = new(options: WithoutKeepAlive);
        IConnection stream = await peer.OpenAsync();
        await stream.DisposeAsync();
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        peer.Clock.Advance(SmuxSession.LingerTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(1, peer.Session.LingeringStreamCount);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, peer.Session.LingeringStreamCount);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(peer.Clock.WaitForTimersAsync(1).IsCompleted, "Nothing is left to look at.");
    }

    [Fact]
    public async Task Dispose_OfMoreStreamsThanAreAllowed_RemembersNoMore()
    {
        await using SmuxPeer peer = new(options: new() { MaxStreams = 2 });
        for (int i = 0; i < 10; i++)
        {
            await (await peer.OpenAsync()).DisposeAsync();
            await peer.ReceiveAsync();
        }

        Assert.Equal((0, 2), (peer.Session.StreamCount, peer.Session.LingeringStreamCount));
    }

    [Fact]
    public async Task Fin_OfAStreamThatNobodyReads_ClosesItAfterAMinute()
    {
        await using SmuxPeer peer = new(options: WithoutKeepAlive);
        IConnection stream = await peer.AcceptAsync(2);
        await peer.SendAsync(SmuxCommand.Push, 2, 1, 2);
        await peer.SendAsync(SmuxCommand.Fin, 2);
        await peer.AssertAliveAsync(4);
        peer.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal([1], await stream.ReadAsync(1).OrFail());
        peer.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(2, peer.Session.StreamCount);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, peer.Session.StreamCount);
        await peer.ExpectAsync(SmuxCommand.Fin, 2);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Fin_OfAStreamThatNobodyAccepts_ClosesItAfterAMinute()
    {
        await using SmuxPeer peer = new(options: WithoutKeepAlive);
        IConnection barrier = await peer.OpenAsync();
        await peer.SendAsync(SmuxCommand.Syn, 2);
        await peer.SendAsync(SmuxCommand.Fin, 2);
        await peer.SendAsync(SmuxCommand.Push, 3, 1);
        await barrier.ReadAsync(1).OrFail();
        peer.Clock.Advance(TimeSpan.FromSeconds(60));
        await peer.ExpectAsync(SmuxCommand.Fin, 2);
        await peer.AssertAliveAsync(4); // the accept queue passes over it
        Assert.Equal(2, peer.Session.StreamCount);
    }

    [Fact]
    public async Task End_BetweenFrames_IsGoodOrderForTheSessionAndForStreamsThatHadEnded()
    {
        await using SmuxPeer peer = new();
        IConnection ended = await peer.AcceptAsync(2);
        IConnection open = await peer.AcceptAsync(4);
        await peer.SendAsync(SmuxCommand.Push, 2, 1);
        await peer.SendAsync(SmuxCommand.Fin, 2);
        await peer.SendAsync(SmuxCommand.Push, 4, 2);
        await peer.Far.CompleteWritesAsync();

        Assert.Null(await peer.EndAsync());
        Assert.False(peer.Carrier.IsAborted);
        Assert.Equal([1], await ended.ReadToEndAsync().OrFail());
        Assert.Equal([2], await open.ReadAsync(1).OrFail());
        IOException failure = await Assert.ThrowsAsync<IOException>(() => open.ReadAsync(1).OrFail());
        Assert.Equal("The peer has closed the smux session.", failure.Message);
        Assert.Null(await peer.Session.AcceptStreamAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => peer.Session.OpenStreamAsync().OrFail());
    }

    [Fact]
    public async Task End_WithStreamsThatWaitToBeAccepted_HandsOutWhatHadEnded()
    {
        await using SmuxPeer peer = new();
        await peer.SendAsync(SmuxCommand.Syn, 2);
        await peer.SendAsync(SmuxCommand.Syn, 4);
        await peer.SendAsync(SmuxCommand.Push, 4, 1);
        await peer.SendAsync(SmuxCommand.Fin, 4);
        await peer.Far.CompleteWritesAsync();
        await peer.EndAsync();
        IConnection stream = (await peer.Session.AcceptStreamAsync().OrFail())!;
        Assert.Equal([1], await stream.ReadToEndAsync().OrFail());
        Assert.Null(await peer.Session.AcceptStreamAsync().OrFail());
    }

    [Fact]
    public async Task End_OfTheCarrier_FailsEverythingThatWaits()
    {
        await using SmuxPeer peer = new(options: new() { Version = 2 });
        IConnection stream = await peer.OpenAsync();
        Task<int> reading = stream.Stream.ReadAsync(new byte[1]).AsTask();
        Task writing = stream.Stream.WriteAsync(new byte[SmuxSendWindow.Initial + 1]).AsTask();
        Task<IConnection?> accepting = peer.Session.AcceptStreamAsync().AsTask();
        Assert.False(writing.IsCompleted);

        peer.Far.Abort();

        IOException error = Assert.IsType<IOException>(await peer.EndAsync());
        Assert.Same(error, (await Assert.ThrowsAsync<IOException>(() => reading.OrFail())).InnerException);
        Assert.Same(error, (await Assert.ThrowsAsync<IOException>(() => writing.OrFail())).InnerException);
        Assert.Null(await accepting.OrFail());
    }

    [Fact]
    public async Task Close_WithDataInFlight_DeliversItAndEndsInGoodOrder()
    {
        await using SmuxPair pair = new(bufferSize: 1000);
        (IConnection client, IConnection server) = await pair.OpenAsync();
        byte[] data = SmuxVectors.Pattern(0, 100_000);
        Task writing = client.Stream.WriteAsync(data).AsTask();
        Task closing = pair.Client.CloseAsync();
        Assert.True(pair.Client.IsClosed);
        Assert.Equal(data, await server.ReadToEndAsync().OrFail());
        await writing.OrFail();
        await closing.OrFail();
        await pair.Server.Completion.OrFail();
        Assert.Null(pair.Client.Failure);
        Assert.Null(pair.Server.Failure);
        Assert.Null(await pair.Server.AcceptStreamAsync().OrFail());
        Assert.Null(await pair.Client.AcceptStreamAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => pair.Client.OpenStreamAsync().OrFail());
    }

    [Fact]
    public async Task Close_WithAStalledReader_StillEnds()
    {
        await using SmuxPair pair = new(new() { ReceiveBuffer = 1000 });
        (IConnection client, _) = await pair.OpenAsync();
        Task writing = client.Stream.WriteAsync(new byte[1_000_000]).AsTask();
        await pair.Server.DisposeAsync().OrFail();
        await pair.Client.Completion.OrFail();
        await Task.WhenAny(writing).OrFail(); // it may have been taken, to be dropped, or have failed
        Assert.Equal((0, 0), (pair.Server.StreamCount, pair.Server.LingeringStreamCount));
    }

    [Fact]
    public async Task Close_WhilePeerOpensStreams_RefusesThem()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.OpenAsync();
        Task closing = peer.Session.CloseAsync();
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        Assert.Equal(0, await peer.Far.Stream.ReadAsync(new byte[1]).OrFail()); // drained, and the direction ended
        await peer.SendAsync(SmuxCommand.Syn, 2);
        await peer.SendAsync(SmuxCommand.Push, 2, 1);
        await peer.Far.CompleteWritesAsync();
        await closing.OrFail();
        Assert.Null(peer.Session.Failure);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Dispose_WhenThePeerNeverCloses_IsDoneAfterASecond()
    {
        await using SmuxPeer peer = new(options: WithoutKeepAlive);
        await peer.OpenAsync();
        Task disposing = peer.Session.DisposeAsync().AsTask();
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        Assert.Equal(0, await peer.Far.Stream.ReadAsync(new byte[1]).OrFail());
        await peer.Clock.WaitForTimersAsync(2).OrFail(); // one for what lingers, and the limit
        while (!disposing.IsCompleted)
        {
            peer.Clock.Advance(SmuxSession.PeerCloseTimeout); // again if the limit was still that for sending
            await Task.Yield();
        }

        await disposing.OrFail();
        Assert.Null(peer.Session.Failure);
        Assert.False(peer.Carrier.IsAborted);
        Assert.True(peer.Carrier.IsDisposed);
        Assert.False(peer.Clock.WaitForTimersAsync(1).IsCompleted, "No timer is left.");
    }

    [Fact]
    public async Task Dispose_WhenThePeerNeverReads_AbortsAfterTheTimeout()
    {
        await using SmuxPeer peer = new(bufferSize: 4);
        await peer.Session.OpenStreamAsync().OrFail();
        Task disposing = peer.Session.DisposeAsync().AsTask();
        await peer.Clock.WaitForTimersAsync(4).OrFail();
        peer.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(disposing.IsCompleted);
        peer.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await disposing.OrFail();
        Assert.IsType<IOException>(peer.Session.Failure);
        Assert.True(peer.Carrier.IsAborted);
        Assert.False(peer.Clock.WaitForTimersAsync(1).IsCompleted, "No timer is left.");
    }

    [Fact]
    public async Task Close_Cancelled_WaitsForNothing()
    {
        await using SmuxPeer peer = new();
        await peer.OpenAsync();
        await peer.Session.CloseAsync(new CancellationToken(canceled: true)).OrFail();
        Assert.True(peer.Carrier.IsDisposed);
    }

    [Fact]
    public async Task Dispose_OfASessionThatBroke_ReleasesWhatWasUnread()
    {
        await using SmuxPeer peer = new();
        IConnection stream = await peer.AcceptAsync(2);
        await peer.SendAsync(SmuxCommand.Push, 2, 1);
        await peer.AssertAliveAsync(4);
        peer.Far.Abort();
        await peer.EndAsync();
        await peer.Session.DisposeAsync().OrFail();
        await Assert.ThrowsAnyAsync<Exception>(() => stream.ReadAsync(1).OrFail());
        Assert.Equal((0, 0), (peer.Session.StreamCount, peer.Session.LingeringStreamCount));
    }

    private static SmuxOptions WithoutKeepAlive { get; } =
        new() { KeepAliveInterval = Timeout.InfiniteTimeSpan, KeepAliveTimeout = Timeout.InfiniteTimeSpan };

    private static string Recorded(string name) =>
        SmuxVectors.Text(SmuxVectors.Frames.Single(frame => SmuxVectors.Text(frame, "name") == name), "frame");
}
