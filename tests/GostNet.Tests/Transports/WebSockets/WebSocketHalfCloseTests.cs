using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

public class WebSocketHalfCloseTests
{
    private static readonly WebSocketSettings Draining = new() { HalfClose = WebSocketHalfClose.Drain };
    private static readonly byte[] Mark = [1, 2, 3];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TwoOfOurs_EitherSideFirst_EndsOneDirectionAtOnce(bool clientFirst)
    {
        await using WebSocketPair pair = await WebSocketPair.ConnectAsync();
        Assert.True(((WebSocketConnection)pair.Client).PeerHalfCloses);
        Assert.True(((WebSocketConnection)pair.Server).PeerHalfCloses);
        (IConnection first, IConnection second) = clientFirst ? (pair.Client, pair.Server) : (pair.Server, pair.Client);

        await first.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await second.ReadToEndAsync().OrFail());
        await second.Stream.WriteAsync(new byte[10_000]).OrFail();
        await second.SendAndEndAsync("answer"u8.ToArray()).OrFail();
        byte[] answer = await first.ReadToEndAsync().OrFail();

        Assert.Equal("answer"u8.ToArray(), answer[10_000..]);
        Assert.False(pair.ClientCarrier.WritesCompleted);
        Assert.False(pair.ServerCarrier.WritesCompleted);
    }

    [Fact]
    public async Task CompleteWrites_Drain_SendsCloseWhenThePeersCloseComes()
    {
        await using WebSocketPeer peer = new(Draining);
        await peer.Connection.SendAndEndAsync([1]).OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Binary, 1);
        await peer.AssertQuietAsync();
        await peer.SendAsync(WebSocketOpcode.Binary, 2);
        await peer.CloseAsync(WebSocketCloseCode.Normal);
        Assert.Equal([2], await peer.Connection.ReadToEndAsync().OrFail());
        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
        Assert.Equal(0, peer.Clock.ArmedTimers);
    }

    [Fact]
    public async Task CompleteWrites_DrainAndAPeerLikeGost_LosesNoByteOfTheAnswer()
    {
        // As GOST does it: the answer to Close is Close, and then nothing; its own end is a bare FIN.
        await using WebSocketPeer peer = new(Draining);
        byte[] answer = new byte[300_000];
        Random.Shared.NextBytes(answer);
        await peer.Connection.SendAndEndAsync("question"u8.ToArray()).OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Binary, "question"u8.ToArray());
        Task<(WebSocketHeader Header, byte[] Payload)> next = peer.ReceiveAsync();
        Task answering = Task.Run(async () =>
        {
            for (int start = 0; start < answer.Length && !next.IsCompleted; start += 30_000)
            {
                await peer.SendAsync(WebSocketOpcode.Binary, answer[start..(start + 30_000)]);
            }

            await peer.Far.CompleteWritesAsync();
        });

        Assert.Equal(answer, await peer.Connection.ReadToEndAsync().OrFail());

        await answering.OrFail();
        Assert.Equal(WebSocketOpcode.Close, (await next).Header.Opcode);
    }

    [Fact]
    public async Task CompleteWrites_Drain_SendsCloseAfterATimeWithoutData()
    {
        await using WebSocketPeer peer = new(Draining);
        await peer.Connection.CompleteWritesAsync().OrFail();
        peer.Clock.Advance(TimeSpan.FromSeconds(9));
        await peer.AssertQuietAsync(); // has data
        peer.Clock.Advance(TimeSpan.FromSeconds(9));
        await peer.AssertQuietAsync();
        peer.Clock.Advance(TimeSpan.FromSeconds(10));
        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
        await peer.SendAsync(WebSocketOpcode.Binary, 2);
        Assert.Equal([2], await peer.Connection.ReadAsync(1).OrFail());
        Assert.Equal(0, peer.Clock.ArmedTimers);
    }

    [Fact]
    public async Task CompleteWrites_Never_SendsCloseWhenTheOtherDirectionEnds()
    {
        await using WebSocketPeer peer = new(new() { HalfClose = WebSocketHalfClose.Never });
        await peer.Connection.CompleteWritesAsync().OrFail();
        peer.Clock.Advance(TimeSpan.FromHours(1));
        await peer.AssertQuietAsync();
        await peer.Far.CompleteWritesAsync();
        Assert.Empty(await peer.Connection.ReadToEndAsync().OrFail());
        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CompleteWrites_ImmediateOrKnownPeer_SendsCloseAndGoesOnReading(bool isKnown)
    {
        await using WebSocketPeer peer = new(
            new() { HalfClose = isKnown ? WebSocketHalfClose.Drain : WebSocketHalfClose.Immediate, PeerHalfCloses = isKnown });
        await peer.Connection.CompleteWritesAsync().OrFail();
        await peer.Connection.CompleteWritesAsync().OrFail();
        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
        await peer.SendAsync(WebSocketOpcode.Binary, 7);
        await peer.CloseAsync(WebSocketCloseCode.Normal);
        Assert.Equal([7], await peer.Connection.ReadToEndAsync().OrFail());
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        await peer.Connection.DisposeAsync().OrFail();
        Assert.Empty(await peer.Far.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Pong_ThatTellsKinship_EndsTheDrainingAtOnce()
    {
        await using WebSocketPeer peer = new(Draining with { KinshipAnswer = Mark });
        await peer.Connection.CompleteWritesAsync().OrFail();
        await peer.SendAsync(WebSocketOpcode.Pong, 9, 9, 9);
        await peer.AssertQuietAsync();
        await peer.SendAsync(WebSocketOpcode.Pong, Mark);
        await peer.SendAsync(WebSocketOpcode.Binary, 5);
        Assert.Equal([5], await peer.Connection.ReadAsync(1).OrFail());
        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
        Assert.True(peer.Connection.PeerHalfCloses);
    }

    [Fact]
    public async Task Close_OfAKnownPeer_LeavesTheWriteDirectionOpen()
    {
        await using WebSocketPeer peer = new(Draining with { PeerHalfCloses = true });
        await peer.CloseAsync(WebSocketCloseCode.Normal);
        Assert.Empty(await peer.Connection.ReadToEndAsync().OrFail());
        await peer.Connection.SendAndEndAsync([7]).OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Binary, 7);
        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
    }

    [Fact]
    public async Task Close_OfAKnownPeerThatGoesAway_EndsBothDirections()
    {
        await using WebSocketPeer peer = new(Draining with { PeerHalfCloses = true });
        await peer.CloseAsync(WebSocketCloseCode.GoingAway);
        Assert.Empty(await peer.Connection.ReadToEndAsync().OrFail());
        await peer.ExpectCloseAsync(WebSocketCloseCode.GoingAway);
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task CompleteWrites_WithAWriteInFlight_FollowsItsData()
    {
        await using WebSocketPeer peer = new(new() { PeerHalfCloses = true }, bufferSize: 100);
        byte[] data = new byte[200_000];
        Random.Shared.NextBytes(data);
        Task writing = peer.Connection.Stream.WriteAsync(data).AsTask();
        Task completing = peer.Connection.CompleteWritesAsync().AsTask();
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        using MemoryStream received = new();
        while (received.Length < data.Length)
        {
            received.Write((await peer.ReceiveAsync()).Payload);
        }

        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
        await writing.OrFail();
        await completing.OrFail();
        Assert.Equal(data, received.ToArray());
    }

    [Fact]
    public async Task Dispose_WithoutAnEnd_TellsThatBothDirectionsEnd()
    {
        await using WebSocketPair pair = await WebSocketPair.ConnectAsync();
        await pair.Client.Stream.WriteAsync("last"u8.ToArray());
        await pair.Client.DisposeAsync().OrFail();
        Assert.Equal("last"u8.ToArray(), await pair.Server.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Server.Stream.WriteAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task Dispose_PeerThatDoesNotRead_IsBounded()
    {
        await using WebSocketPeer peer = new(bufferSize: 1);
        Task disposing = peer.Connection.DisposeAsync().AsTask();
        await peer.Clock.WaitForTimersAsync(1).OrFail();
        Assert.False(disposing.IsCompleted);
        peer.Clock.Advance(WebSocketConnection.CloseTimeout);
        await disposing.OrFail();
        Assert.True(peer.Carrier.IsDisposed);
        await peer.Connection.DisposeAsync().OrFail();
    }

    [Fact]
    public async Task Dispose_WhileAWriteStands_ClosesTheCarrierAtOnce()
    {
        await using WebSocketPeer peer = new(bufferSize: 10);
        Task writing = peer.Connection.Stream.WriteAsync(new byte[1000]).AsTask();
        await peer.Connection.DisposeAsync().OrFail();
        await Assert.ThrowsAnyAsync<Exception>(() => writing.OrFail());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => peer.Connection.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task Dispose_WhileDraining_LeavesNoTimer()
    {
        await using WebSocketPeer peer = new(Draining);
        await peer.Connection.CompleteWritesAsync().OrFail();
        Assert.Equal(1, peer.Clock.ArmedTimers);
        await peer.Connection.DisposeAsync().OrFail();
        Assert.Equal(0, peer.Clock.ArmedTimers);
        await peer.ExpectCloseAsync(WebSocketCloseCode.GoingAway);
    }
}
