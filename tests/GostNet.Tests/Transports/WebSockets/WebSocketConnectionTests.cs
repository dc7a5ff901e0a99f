using System.Security.Cryptography;
using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

public class WebSocketConnectionTests
{
    [Theory]
    [InlineData(64 * 1024, false)]
    [InlineData(1000, false)]
    [InlineData(64 * 1024, true)]
    public async Task BothDirections_RandomPieces_ArriveWhole(int bufferSize, bool isCompressed)
    {
        await using WebSocketPair pair = await WebSocketPair.ConnectAsync(isCompressed, bufferSize);
        Task<byte[]>[] all =
        [
            SendAsync(pair.Client, 1), ReceiveAsync(pair.Server, 2), SendAsync(pair.Server, 3), ReceiveAsync(pair.Client, 4),
        ];
        byte[][] hashes = await Task.WhenAll(all).OrFail();
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(hashes[2], hashes[3]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    [Fact]
    public async Task Smux_Inside_CarriesStreamsInMessages()
    {
        await using WebSocketPair pair = await WebSocketPair.ConnectAsync();
        SmuxOptions options = new() { AnnounceHalfClose = true };
        await using SmuxSession client = SmuxSession.Start(pair.Client, SmuxRole.Client, options, TimeProvider.System);
        await using SmuxSession server = SmuxSession.Start(pair.Server, SmuxRole.Server, options, TimeProvider.System);
        Task<string[]> sent = Task.WhenAll(Enumerable.Range(0, 5).Select(async seed =>
        {
            IConnection stream = await client.OpenStreamAsync();
            return Convert.ToHexString(await SendAsync(stream, seed));
        }));
        Task<string[]> received = Task.WhenAll(Enumerable.Range(0, 5).Select(async seed =>
        {
            IConnection stream = Assert.IsType<SmuxConnection>(await server.AcceptStreamAsync());
            return Convert.ToHexString(await ReceiveAsync(stream, seed));
        }));
        Assert.Equal((await sent.OrFail()).Order(), (await received.OrFail()).Order());
    }

    [Theory]
    [InlineData(true, 100_000, new[] { 32_768, 32_768, 32_768, 1696 })]
    [InlineData(false, 100_000, new[] { 32_768, 32_768, 32_768, 1696 })]
    [InlineData(false, 1, new[] { 1 })]
    [InlineData(false, 0, new int[0])]
    public async Task Write_AnyLength_IsCutIntoCompleteMessages(bool isServer, int length, int[] messages)
    {
        await using WebSocketPeer peer = new(new() { IsServer = isServer }, bufferSize: 200_000);
        byte[] data = RandomNumberGenerator.GetBytes(length);
        await peer.Connection.SendAndEndAsync(data).OrFail();
        int start = 0;
        foreach (int message in messages)
        {
            await peer.ExpectAsync(WebSocketOpcode.Binary, data[start..(start + message)]);
            start += message;
        }

        await peer.ExpectCloseAsync(WebSocketCloseCode.Normal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task Read_OfNoBytes_WaitsForDataAndTakesNone(int size)
    {
        await using WebSocketPeer peer = new();
        Task<int> reading = peer.Connection.Stream.ReadAsync(Memory<byte>.Empty).OrFail();
        await peer.SendAsync(WebSocketOpcode.Ping);
        await peer.ExpectAsync(WebSocketOpcode.Pong);
        await peer.SendAsync(WebSocketOpcode.Binary);
        await peer.SendAsync(WebSocketOpcode.Ping);
        await peer.ExpectAsync(WebSocketOpcode.Pong);
        Assert.False(reading.IsCompleted); // nothing of that is data
        byte[] data = RandomNumberGenerator.GetBytes(size);
        await peer.SendAsync(WebSocketOpcode.Binary, data);
        Assert.Equal(0, await reading);
        Assert.Equal(0, await peer.Connection.Stream.ReadAsync(Memory<byte>.Empty).OrFail());
        Assert.Equal(data, await peer.Connection.ReadAsync(size).OrFail());
        reading = peer.Connection.Stream.ReadAsync(Memory<byte>.Empty).OrFail();
        await peer.CloseAsync(WebSocketCloseCode.Normal);
        Assert.Equal(0, await reading);
        Assert.Equal(0, await peer.Connection.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task Read_OfAMessageThatIsNeverComplete_GivesWhatCame()
    {
        await using WebSocketPeer peer = new();
        byte[] frame = peer.Frame(WebSocketOpcode.Binary, new byte[100_000]);
        await peer.SendAsync(frame[..50_000]);
        Assert.Equal(new byte[50_000 - WebSocketCodec.MaxHeaderLength], await peer.Connection.ReadAsync(50_000 - 14).OrFail());
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        await using WebSocketPeer peer = new();
        using CancellationTokenSource cancellation = new();
        Task<int> reading = peer.Connection.Stream.ReadAsync(new byte[10], cancellation.Token).OrFail();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await peer.SendAsync(WebSocketOpcode.Binary, 1, 2, 3);
        Assert.Equal([1, 2, 3], await peer.Connection.ReadAsync(3).OrFail());
    }

    [Fact]
    public async Task Write_CancelledWithinAMessage_BreaksTheWriteDirection()
    {
        await using WebSocketPeer peer = new(bufferSize: 10);
        using CancellationTokenSource cancellation = new();
        Task writing = peer.Connection.Stream.WriteAsync(new byte[100], cancellation.Token).OrFail();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAsync<IOException>(() => peer.Connection.CompleteWritesAsync().OrFail());
    }

    [Fact]
    public async Task Write_CancelledBefore_DoesNoHarm()
    {
        await using WebSocketPeer peer = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => peer.Connection.Stream.WriteAsync(new byte[100], new CancellationToken(true)).OrFail());
        await peer.Connection.Stream.WriteAsync(new byte[] { 1 }).OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Binary, 1);
    }

    [Fact]
    public async Task Write_BehindAPongThatStands_WaitsAndCanBeGivenUp()
    {
        await using WebSocketPeer peer = new(bufferSize: 1);
        Task<byte[]> reading = peer.Connection.ReadAsync(1).OrFail();
        await peer.SendAsync(WebSocketOpcode.Ping, 1, 2, 3);
        await peer.SendAsync(WebSocketOpcode.Binary, 9);
        Assert.Equal([9], await reading);
        using CancellationTokenSource cancellation = new();
        Task givenUp = peer.Connection.Stream.WriteAsync(new byte[] { 1 }, cancellation.Token).OrFail();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);

        Task writing = peer.Connection.Stream.WriteAsync(new byte[] { 2 }).OrFail();
        await peer.ExpectAsync(WebSocketOpcode.Pong, 1, 2, 3);
        await peer.ExpectAsync(WebSocketOpcode.Binary, 2);
        await writing;
    }

    [Fact]
    public async Task TwoReadsOrWrites_AtOnce_AreRefused()
    {
        await using WebSocketPeer peer = new(bufferSize: 1);
        Task<int> reading = peer.Connection.Stream.ReadAsync(new byte[1]).OrFail();
        await Assert.ThrowsAsync<InvalidOperationException>(() => peer.Connection.Stream.ReadAsync(new byte[1]).OrFail());
        Task writing = peer.Connection.Stream.WriteAsync(new byte[9]).OrFail();
        await Assert.ThrowsAsync<InvalidOperationException>(() => peer.Connection.Stream.WriteAsync(new byte[1]).OrFail());
        await peer.SendAsync(WebSocketOpcode.Binary, 1);
        Assert.Equal(1, await reading);
        await peer.ExpectAsync(WebSocketOpcode.Binary, new byte[9]);
        await writing;
    }

    [Fact]
    public async Task Abort_WithBothInFlight_FailsBoth()
    {
        await using WebSocketPeer peer = new(bufferSize: 10);
        Task<int> reading = peer.Connection.Stream.ReadAsync(new byte[1]).OrFail();
        Task writing = peer.Connection.Stream.WriteAsync(new byte[1000]).OrFail();
        peer.Connection.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => reading);
        await Assert.ThrowsAnyAsync<IOException>(() => writing);
        Assert.True(peer.Carrier.IsAborted);
        await peer.Connection.DisposeAsync().OrFail();
        Assert.True(peer.Carrier.IsDisposed);
    }

    [Fact]
    public async Task Dispose_WithAReadInFlight_EndsIt()
    {
        await using WebSocketPeer peer = new();
        Task<int> reading = peer.Connection.Stream.ReadAsync(new byte[1]).OrFail();
        await peer.Connection.DisposeAsync().OrFail();
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
        await peer.ExpectCloseAsync(WebSocketCloseCode.GoingAway);
    }

    private static async Task<byte[]> SendAsync(IConnection connection, int seed)
    {
        Random random = new(seed);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < 150; i++)
        {
            byte[] data = new byte[random.Next(3) == 0 ? random.Next(200_000) : random.Next(200)];
            random.NextBytes(random.Next(2) == 0 ? data : data.AsSpan(data.Length / 2));
            hash.AppendData(data);
            await connection.Stream.WriteAsync(data);
        }

        await connection.CompleteWritesAsync();
        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> ReceiveAsync(IConnection connection, int seed)
    {
        Random random = new(seed);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[150_000];
        while (true)
        {
            if (random.Next(3) == 0)
            {
                Assert.Equal(0, await connection.Stream.ReadAsync(Memory<byte>.Empty));
            }

            int room = random.Next(3) == 0 ? random.Next(1, 100) : random.Next(1, buffer.Length);
            int count = await connection.Stream.ReadAsync(buffer.AsMemory(0, room));
            if (count == 0)
            {
                return hash.GetHashAndReset();
            }

            hash.AppendData(buffer.AsSpan(0, count));
        }
    }
}
