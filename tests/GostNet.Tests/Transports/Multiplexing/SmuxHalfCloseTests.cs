using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

public class SmuxHalfCloseTests
{
    private static readonly SmuxOptions Defaults =
        new() { KeepAliveInterval = Timeout.InfiniteTimeSpan, KeepAliveTimeout = Timeout.InfiniteTimeSpan };

    [Theory]
    [InlineData(true, SmuxHalfClose.Drain)]
    [InlineData(false, SmuxHalfClose.Immediate)]
    public async Task CompleteWrites_KnownPeerOrImmediate_SendsFinAndGoesOnReading(bool isKnown, object policy)
    {
        await using SmuxPeer peer = new(options: Defaults with { PeerHalfCloses = isKnown, HalfClose = (SmuxHalfClose)policy });
        IConnection stream = await peer.OpenAsync();
        await stream.SendAndEndAsync([1]);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await peer.SendAsync(SmuxCommand.Push, 3, 2);
        await peer.SendAsync(SmuxCommand.Fin, 3);
        Assert.Equal([2], await stream.ReadToEndAsync().OrFail());
        Assert.Equal(0, peer.Session.StreamCount);
    }

    [Fact]
    public async Task CompleteWrites_Drain_SendsFinWhenTheOtherDirectionEnds()
    {
        await using SmuxPeer peer = new(options: Defaults);
        IConnection stream = await peer.OpenAsync();
        await stream.CompleteWritesAsync();
        await peer.OpenAsync(); // its SYN comes first: there was no FIN before it
        await peer.SendAsync(SmuxCommand.Push, 3, 2);
        await peer.SendAsync(SmuxCommand.Fin, 3);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        Assert.Equal([2], await stream.ReadToEndAsync().OrFail());
        Assert.Equal(1, peer.Session.StreamCount);
    }

    [Fact]
    public async Task CompleteWrites_Drain_SendsFinAfterATimeWithoutData()
    {
        await using SmuxPeer peer = new(options: Defaults);
        IConnection stream = await peer.OpenAsync();
        await stream.CompleteWritesAsync();
        peer.Clock.Advance(TimeSpan.FromSeconds(9));
        await peer.SendAsync(SmuxCommand.Push, 3, 1);
        await stream.ReadAsync(1).OrFail();
        peer.Clock.Advance(TimeSpan.FromSeconds(9));
        await peer.OpenAsync();
        peer.Clock.Advance(TimeSpan.FromSeconds(1));
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await peer.SendAsync(SmuxCommand.Push, 3, 2);
        Assert.Equal([2], await stream.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task CompleteWrites_Never_SendsFinWhenTheOtherDirectionEnds()
    {
        await using SmuxPeer peer = new(options: Defaults with { HalfClose = SmuxHalfClose.Never });
        IConnection stream = await peer.OpenAsync();
        await stream.CompleteWritesAsync();
        peer.Clock.Advance(TimeSpan.FromHours(1));
        await peer.OpenAsync();
        await peer.SendAsync(SmuxCommand.Fin, 3);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
    }

    [Fact]
    public async Task CompleteWrites_TwiceAndThenDispose_SendsOneFin()
    {
        await using SmuxPeer peer = new(options: Defaults with { HalfClose = SmuxHalfClose.Immediate });
        IConnection stream = await peer.OpenAsync();
        await stream.CompleteWritesAsync();
        await stream.CompleteWritesAsync();
        await stream.DisposeAsync();
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await peer.OpenAsync(); // nothing in between
    }

    [Fact]
    public async Task Write_AfterCompleteWrites_Fails()
    {
        await using SmuxPeer peer = new(options: Defaults);
        IConnection stream = await peer.OpenAsync();
        await stream.CompleteWritesAsync();
        await Assert.ThrowsAsync<IOException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task CompleteWrites_WithAWriteInFlight_FollowsItsData()
    {
        await using SmuxPeer peer = new(options: Defaults with { PeerHalfCloses = true, MaxFrameSize = 2 }, bufferSize: 8);
        IConnection stream = await peer.OpenAsync();
        Task writing = stream.Stream.WriteAsync(new byte[] { 1, 2, 3, 4, 5 }).AsTask();
        Task completing = stream.CompleteWritesAsync().AsTask();
        await peer.ExpectAsync(SmuxCommand.Push, 3, 1, 2);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 3, 4);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 5);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        await writing.OrFail();
        await completing.OrFail();
    }

    [Fact]
    public async Task Fin_OfAnUnknownPeer_GivesTheRestAndFailsWrites()
    {
        await using SmuxPeer peer = new(options: Defaults with { Version = 2 });
        IConnection stream = await peer.OpenAsync();
        await peer.SendUpdateAsync(3, 0, 0);
        Task writing = stream.Stream.WriteAsync(new byte[SmuxSendWindow.Initial + 1]).AsTask();
        await peer.SendAsync(SmuxCommand.Push, 3, 1, 2);
        await peer.SendAsync(SmuxCommand.Fin, 3);
        await Assert.ThrowsAsync<IOException>(() => writing.OrFail());
        await Assert.ThrowsAsync<IOException>(() => stream.Stream.WriteAsync(new byte[1]).OrFail());
        Assert.Equal([1, 2], await stream.ReadToEndAsync().OrFail());
        Assert.Equal(1, peer.Session.StreamCount);
        await stream.CompleteWritesAsync();
        while ((await peer.ReceiveAsync()).Command != SmuxCommand.Fin)
        {
            // What was written before the window closed, and our own updates.
        }

        Assert.Equal(0, peer.Session.StreamCount);
    }

    [Fact]
    public async Task Fin_OfAKnownPeer_LeavesTheWriteDirectionOpen()
    {
        await using SmuxPeer peer = new(options: Defaults with { PeerHalfCloses = true });
        IConnection stream = await peer.OpenAsync();
        await peer.SendAsync(SmuxCommand.Fin, 3);
        Assert.Empty(await stream.ReadToEndAsync().OrFail());
        await stream.SendAndEndAsync([7]);
        await peer.ExpectAsync(SmuxCommand.Push, 3, 7);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
        Assert.Equal(0, peer.Session.StreamCount);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Announce_ByOneSide_MakesHalfClosesTrueBothWays(int version, bool clientAnnounces)
    {
        SmuxOptions options = Defaults with { Version = version };
        SmuxOptions announcing = options with { AnnounceHalfClose = true };
        await using SmuxPair pair = new(clientAnnounces ? announcing : options, clientAnnounces ? options : announcing);
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await client.Stream.WriteAsync(new byte[] { 1 });
        await server.ReadAsync(1).OrFail();
        await server.Stream.WriteAsync(new byte[] { 2 });
        await client.ReadAsync(1).OrFail();
        await client.Stream.WriteAsync(new byte[] { 3 });
        await server.ReadAsync(1).OrFail(); // by now each has heard of the other
        Assert.True(pair.Client.PeerHalfCloses);
        Assert.True(pair.Server.PeerHalfCloses);

        await client.CompleteWritesAsync();
        Assert.Empty(await server.ReadToEndAsync().OrFail());
        await server.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Announce_WithTheFirstSyn_GoesBeforeIt()
    {
        await using SmuxPeer peer = new(options: Defaults with { AnnounceHalfClose = true });
        await peer.Session.OpenStreamAsync().OrFail();
        await peer.ExpectAsync(SmuxCommand.Nop, SmuxSession.HalfCloseMark);
        await peer.ExpectAsync(SmuxCommand.Syn, 3);
        await peer.SendAsync(SmuxCommand.Nop, SmuxSession.HalfCloseMark);
        await peer.SendAsync(SmuxCommand.Nop, SmuxSession.HalfCloseMark);
        await peer.AssertAliveAsync(2);
        await peer.OpenAsync(); // answered no second time
        Assert.True(peer.Session.PeerHalfCloses);
    }

    [Fact]
    public async Task Announce_WhileDraining_SendsTheFinAtOnce()
    {
        await using SmuxPeer peer = new(options: Defaults);
        IConnection stream = await peer.OpenAsync();
        await stream.CompleteWritesAsync();
        await peer.SendAsync(SmuxCommand.Nop, SmuxSession.HalfCloseMark);
        await peer.ExpectAsync(SmuxCommand.Nop, SmuxSession.HalfCloseMark);
        await peer.ExpectAsync(SmuxCommand.Fin, 3);
    }
}
