using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Flow control, fairness and keep-alive.</summary>
public class SmuxFlowTests
{
    private static readonly SmuxOptions Quiet =
        new() { KeepAliveInterval = Timeout.InfiniteTimeSpan, KeepAliveTimeout = Timeout.InfiniteTimeSpan };

    [Fact]
    public async Task Read_InVersion2_ReportsAsRecorded()
    {
        await using SmuxPeer peer = new(SmuxRole.Server, Quiet with { Version = 2 });
        IConnection stream = await peer.AcceptAsync(3);
        await peer.SendAsync(SmuxCommand.Push, 3, 1, 2, 3);
        await stream.ReadAsync(3).OrFail();
        await peer.ExpectAsync(SmuxVectors.Text(Recorded("v2_upd_after_first_read"), "frame"));

        await peer.SendAsync(SmuxCommand.Push, 3, new byte[32_767]);
        await stream.ReadAsync(32_767).OrFail();
        await peer.OpenAsync(); // no report before it
        await peer.SendAsync(SmuxCommand.Push, 3, 1);
        await stream.ReadAsync(1).OrFail();
        await peer.ExpectAsync(SmuxVectors.Text(Recorded("v2_upd_after_half_window"), "frame"));
    }

    [Fact]
    public async Task Write_InVersion2_StopsAndGoesOnAsRecorded()
    {
        await using SmuxPeer peer = new(options: Quiet with { Version = 2, MaxFrameSize = 32_768 });
        IConnection stream = await peer.OpenAsync();
        await stream.Stream.WriteAsync(new byte[40_005]).OrFail();
        Task writing = stream.Stream.WriteAsync(new byte[300_000]).AsTask();
        Assert.Equal(262_144, await ReceiveUntilAsync(peer, 262_144));

        await peer.SendAsync("02040800030000000000010000000100");
        IConnection other = await peer.OpenAsync(); // whatever the window released would come before this
        await other.Stream.WriteAsync(new byte[] { 1 });
        await peer.ExpectAsync(SmuxCommand.Push, 5, 1);
        await peer.AssertAliveAsync(2); // the update has been taken
        await peer.ReceiveAsync();
        await other.Stream.WriteAsync(new byte[] { 2 });
        await peer.ExpectAsync(SmuxCommand.Push, 5, 2);

        await peer.SendAsync("02040800030000000000040000000100");
        Assert.Equal(65_536, await ReceiveUntilAsync(peer, 65_536));
        await other.Stream.WriteAsync(new byte[] { 3 });
        await peer.ExpectAsync(SmuxCommand.Push, 5, 3);
        Assert.False(writing.IsCompleted);
    }

    [Fact]
    public async Task Data_ForAStreamThatWasClosedHere_StillMovesItsWindow()
    {
        await using SmuxPair pair = new(Quiet with { Version = 2, PeerHalfCloses = true });
        (IConnection client, IConnection server) = await pair.OpenAsync();
        server.Abort();
        await client.Stream.WriteAsync(new byte[1_000_000]).OrFail(); // into the void, but it does not hang
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Reader_ThatStalls_DoesNotStopOthers(int version)
    {
        await using SmuxPair pair = new(Quiet with { Version = version });
        (IConnection stalled, _) = await pair.OpenAsync();
        Task stalledWriting = stalled.Stream.WriteAsync(new byte[1_000_000]).AsTask();
        for (int i = 0; i < 5; i++)
        {
            (IConnection client, IConnection server) = await pair.OpenAsync();
            byte[] data = SmuxVectors.Pattern(i, 2_000_000);
            Task sending = client.SendAndEndAsync(data);
            Assert.Equal(data, await server.ReadAsync(data.Length).OrFail());
            await sending.OrFail();
        }

        Assert.Equal(version == 1, stalledWriting.IsCompleted); // version 2 stops the sender, version 1 keeps the megabyte
        Assert.False(pair.Server.IsReceivingPaused);
    }

    [Fact]
    public async Task Bucket_Empty_StopsReceivingUntilSomebodyReads()
    {
        SmuxOptions options = new() { ReceiveBuffer = 10_000 };
        await using SmuxPeer peer = new(options: options);
        IConnection stalled = await peer.AcceptAsync(2);
        IConnection other = await peer.AcceptAsync(4);
        await peer.SendAsync(SmuxCommand.Push, 2, new byte[9_000]);
        await peer.SendAsync(SmuxCommand.Push, 2, new byte[4_000]); // beyond the limit by no more than a frame
        await peer.SendAsync(SmuxCommand.Push, 4, 7);
        await peer.Clock.WaitForTimersAsync(3).OrFail(); // the clock ticks: receiving is paused
        await WaitForPauseAsync(peer);
        Assert.Equal(2u, peer.Session.StalledBy);

        // Nothing can be heard while nothing is listened to, and the session is not taken for dead.
        for (int i = 0; i < 10; i++)
        {
            peer.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.False(peer.Session.IsClosed);
        Task<byte[]> reading = other.ReadAsync(1);
        Assert.Equal(2_999, (await stalled.ReadAsync(2_999).OrFail()).Length);
        Assert.False(reading.IsCompleted);
        await stalled.ReadAsync(2).OrFail();
        Assert.Equal([7], await reading.OrFail());
        Assert.False(peer.Session.IsReceivingPaused);
        Assert.Null(peer.Session.StalledBy);
    }

    [Fact]
    public async Task Bucket_EmptiedByAStreamThatIsClosed_FillsAgain()
    {
        await using SmuxPeer peer = new(options: Quiet with { ReceiveBuffer = 1000 });
        IConnection stalled = await peer.AcceptAsync(2);
        await peer.SendAsync(SmuxCommand.Push, 2, new byte[1000]);
        await peer.SendAsync(SmuxCommand.Syn, 4);
        await WaitForPauseAsync(peer);
        stalled.Abort();
        Assert.NotNull(await peer.Session.AcceptStreamAsync().OrFail());
    }

    [Fact]
    public async Task Share_OfAStalledStreamAboveIts_EndsThatStream()
    {
        await using SmuxPeer peer = new(options: Quiet with { ReceiveBuffer = 1000, MaxStreamShare = 500 });
        IConnection stalled = await peer.AcceptAsync(2);
        IConnection modest = await peer.AcceptAsync(4);
        await peer.SendAsync(SmuxCommand.Push, 4, new byte[400]);
        await peer.SendAsync(SmuxCommand.Push, 2, new byte[600]);
        await peer.SendAsync(SmuxCommand.Syn, 6);
        await WaitForPauseAsync(peer);
        peer.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.True(peer.Session.IsReceivingPaused);
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await peer.Session.AcceptStreamAsync().OrFail());
        await peer.ExpectAsync(SmuxCommand.Fin, 2);
        await Assert.ThrowsAsync<IOException>(() => stalled.ReadAsync(1).OrFail());
        Assert.Equal(400, (await modest.ReadAsync(400).OrFail()).Length);
    }

    [Fact]
    public async Task Share_OfAStreamThatIsReadSlowly_IsLeftAlone()
    {
        await using SmuxPeer peer = new(options: Quiet with { ReceiveBuffer = 1000, MaxStreamShare = 500 });
        IConnection slow = await peer.AcceptAsync(2);
        await peer.SendAsync(SmuxCommand.Push, 2, new byte[60_000]);
        for (int i = 0; i < 20; i++)
        {
            await WaitForPauseAsync(peer);
            await slow.ReadAsync(1).OrFail();
            peer.Clock.Advance(TimeSpan.FromSeconds(9));
        }

        Assert.Equal(60_000 - 20, (await slow.ReadAsync(60_000 - 20).OrFail()).Length);
    }

    [Fact]
    public async Task SmallStream_WhileABigOneSends_GetsItsTurn()
    {
        await using SmuxPeer peer = new(options: Quiet, bufferSize: 10_000);
        IConnection big = await peer.OpenAsync();
        IConnection small = await peer.OpenAsync();
        Task bigWriting = big.Stream.WriteAsync(new byte[10_000_000]).AsTask();
        for (int i = 0; i < 5; i++)
        {
            Task smallWriting = small.Stream.WriteAsync(new byte[] { 1 }).AsTask();
            int before = 0;
            while (await peer.ReceiveAsync() is { StreamId: 3, Payload.Length: var length })
            {
                before += length;
            }

            // What was on its way already, and the other streams' frames of the same batch: one.
            Assert.InRange(before, 0, (2 * 64 * 1024) + 4096);
            await smallWriting.OrFail();
        }

        Assert.False(bigWriting.IsCompleted);
    }

    [Fact]
    public async Task Streams_ThatAllSend_TakeTurns()
    {
        await using SmuxPeer peer = new(options: Quiet with { MaxFrameSize = 100 }, bufferSize: 10);
        IConnection[] streams = [await peer.OpenAsync(), await peer.OpenAsync(), await peer.OpenAsync()];
        Task blocking = streams[0].Stream.WriteAsync(new byte[100]).AsTask(); // fills the connection, and the others queue up behind it
        Task[] writing = [.. streams.Skip(1).Select(stream => stream.Stream.WriteAsync(new byte[300]).AsTask())];
        await peer.ReceiveAsync();
        List<uint> order = [];
        for (int i = 0; i < 6; i++)
        {
            order.Add((await peer.ReceiveAsync()).StreamId);
        }

        Assert.Equal([5, 7, 5, 7, 5, 7], order);
        await blocking.OrFail();
        await Task.WhenAll(writing).OrFail();
    }

    [Theory]
    [InlineData(1, "v1_nop")]
    [InlineData(2, "v2_nop")]
    public async Task KeepAlive_EveryInterval_SendsANop(int version, string name)
    {
        await using SmuxPeer peer = new(options: new() { Version = version, KeepAliveTimeout = Timeout.InfiniteTimeSpan });
        peer.Clock.Advance(TimeSpan.FromSeconds(9.9));
        await peer.OpenAsync(); // none before it
        peer.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await peer.ExpectAsync(SmuxVectors.Text(Recorded(name), "frame"));
        peer.Clock.Advance(TimeSpan.FromSeconds(20));
        await peer.ExpectAsync(SmuxCommand.Nop, 0);
        await peer.ExpectAsync(SmuxCommand.Nop, 0);
    }

    [Fact]
    public async Task KeepAlive_WhileABigStreamSends_GoesNext()
    {
        await using SmuxPeer peer = new(options: new(), bufferSize: 10_000);
        IConnection stream = await peer.OpenAsync();
        Task writing = stream.Stream.WriteAsync(new byte[10_000_000]).AsTask();
        peer.Clock.Advance(TimeSpan.FromSeconds(10));
        int before = 0;
        while (await peer.ReceiveAsync() is { Command: SmuxCommand.Push, Payload.Length: var length })
        {
            before += length;
        }

        Assert.InRange(before, 0, (64 * 1024) + 4096);
        Assert.False(writing.IsCompleted);
    }

    private static System.Text.Json.JsonElement Recorded(string name) =>
        SmuxVectors.Frames.Single(frame => SmuxVectors.Text(frame, "name") == name);

    private static async Task<int> ReceiveUntilAsync(SmuxPeer peer, int count)
    {
        int received = 0;
        while (received < count)
        {
            (SmuxCommand command, _, byte[] payload) = await peer.ReceiveAsync();
            Assert.Equal(SmuxCommand.Push, command);
            received += payload.Length;
        }

        return received;
    }

    private static async Task WaitForPauseAsync(SmuxPeer peer)
    {
        using CancellationTokenSource limit = new(Hang.Limit);
        while (!peer.Session.IsReceivingPaused)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
