using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Testing;

public sealed class InMemoryConnectionTests
{
    private readonly InMemoryConnection _near;
    private readonly InMemoryConnection _far;

    public InMemoryConnectionTests() => (_near, _far) = InMemoryConnection.CreatePair(bufferSize: 8);

    [Fact]
    public async Task Bytes_BothWaysAtOnce_ArriveWholeAndInOrder()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 1000);
        byte[] up = RandomNumberGenerator.GetBytes(300_000);
        byte[] down = RandomNumberGenerator.GetBytes(200_000);

        Task<byte[]>[] reads = [ReadToEndAsync(far), ReadToEndAsync(near)];
        await Task.WhenAll(SendAsync(near, up), SendAsync(far, down)).OrFail();

        Assert.Equal(up, await reads[0].OrFail());
        Assert.Equal(down, await reads[1].OrFail());
    }

    [Fact]
    public void EndPoints_OfAPair_AreCrossed()
    {
        IPEndPoint one = new(IPAddress.Loopback, 1);
        IPEndPoint two = new(IPAddress.Loopback, 2);
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(one, two);

        Assert.Equal([one, two, two, one], [near.LocalEndPoint, near.RemoteEndPoint, far.LocalEndPoint, far.RemoteEndPoint]);
    }

    [Fact]
    public async Task Write_BeyondTheBuffer_WaitsForTheReader()
    {
        await _near.Stream.WriteAsync(new byte[8]).OrFail();
        Task write = _near.Stream.WriteAsync(new byte[20]).AsTask();
        Assert.False(write.IsCompleted);

        await _far.Stream.ReadExactlyAsync(new byte[19]).OrFail();
        Assert.False(write.IsCompleted);

        await _far.Stream.ReadExactlyAsync(new byte[1]).OrFail();
        await write.OrFail();
    }

    [Fact]
    public async Task Read_IntoAnEmptyBuffer_WaitsForData()
    {
        Task<int> read = _far.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(read.IsCompleted);

        await _near.Stream.WriteAsync(new byte[] { 7 });

        Assert.Equal(0, await read.OrFail());
        Assert.Equal(7, _far.Stream.ReadByte());
    }

    [Fact]
    public async Task Read_Cancelled_LosesNothing()
    {
        using CancellationTokenSource cancellation = new();
        Task<int> read = _far.Stream.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.OrFail());

        _near.Stream.WriteByte(7);
        Assert.Equal(7, _far.Stream.ReadByte());
    }

    [Fact]
    public async Task Write_Cancelled_StopsWaiting()
    {
        using CancellationTokenSource cancellation = new();
        Task write = _near.Stream.WriteAsync(new byte[100], cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.OrFail());
    }

    [Fact]
    public async Task CompleteWrites_OneWay_EndsThatWayOnly()
    {
        await _near.Stream.WriteAsync("hi"u8.ToArray());
        await _near.CompleteWritesAsync();
        await _near.CompleteWritesAsync();

        Assert.Equal("hi"u8.ToArray(), await ReadToEndAsync(_far).OrFail());
        await _far.Stream.WriteAsync("ho"u8.ToArray());
        await _near.Stream.ReadExactlyAsync(new byte[2]).OrFail();
        Assert.True(_near.WritesCompleted);
        Assert.False(_far.WritesCompleted);
        await AssertFailsAsync(SocketError.Shutdown, () => _near.Stream.WriteAsync(new byte[1]));
    }

    [Fact]
    public async Task Abort_WithReadsAndWritesInFlight_FailsThemAll()
    {
        Task<int> nearRead = _near.Stream.ReadAsync(new byte[1]).AsTask();
        Task nearWrite = _near.Stream.WriteAsync(new byte[9]).AsTask();
        (InMemoryConnection other, InMemoryConnection otherFar) = InMemoryConnection.CreatePair(bufferSize: 8);
        Task<int> farRead = otherFar.Stream.ReadAsync(new byte[1]).AsTask();
        Task farWrite = otherFar.Stream.WriteAsync(new byte[9]).AsTask();

        _near.Abort();
        other.Abort();

        await AssertFailsAsync(SocketError.ConnectionAborted, () => new(nearRead));
        await AssertFailsAsync(SocketError.ConnectionAborted, () => new(nearWrite));
        await AssertFailsAsync(SocketError.ConnectionReset, () => new(farRead));
        await AssertFailsAsync(SocketError.ConnectionReset, () => new(farWrite));
        Assert.True(_near.IsAborted);
        Assert.False(_far.IsAborted);
        await _near.Closed.OrFail();
        Assert.False(_far.Closed.IsCompleted);
    }

    [Fact]
    public async Task Abort_WithBytesOnTheirWay_DropsThem()
    {
        await _near.Stream.WriteAsync(new byte[3]);
        await _near.CompleteWritesAsync();

        _near.Abort();

        await AssertFailsAsync(SocketError.ConnectionReset, () => Discard(_far.Stream.ReadAsync(new byte[1])));
        await AssertFailsAsync(SocketError.ConnectionReset, () => _far.Stream.WriteAsync(new byte[1]));
        await AssertFailsAsync(SocketError.ConnectionReset, () => _far.CompleteWritesAsync());
        await AssertFailsAsync(SocketError.ConnectionAborted, () => Discard(_near.Stream.ReadAsync(new byte[1])));
    }

    [Fact]
    public async Task Abort_AfterBothWaysEnded_LeavesThePeerItsBytes()
    {
        await SendAsync(_near, [1, 2]);
        await SendAsync(_far, []);

        _near.Abort();

        Assert.Equal([1, 2], await ReadToEndAsync(_far).OrFail());
    }

    [Fact]
    public async Task Dispose_WithoutCompleteWrites_EndsInOrderAndRefusesThePeersWrites()
    {
        await _near.Stream.WriteAsync(new byte[] { 1, 2 });
        Task pending = _far.Stream.WriteAsync(new byte[9]).AsTask();

        await _near.DisposeAsync();
        await _near.DisposeAsync();

        Assert.Equal([1, 2], await ReadToEndAsync(_far).OrFail());
        await AssertFailsAsync(SocketError.ConnectionReset, () => new(pending));
        await AssertFailsAsync(SocketError.ConnectionReset, () => _far.Stream.WriteAsync(new byte[1]));
        Assert.True(_near.IsDisposed);
        Assert.False(_near.IsAborted);
        Assert.True(_near.Closed.IsCompleted);
    }

    [Fact]
    public async Task Dispose_WithOwnCallsInFlight_FailsThemAndLaterOnes()
    {
        Task<int> read = _near.Stream.ReadAsync(new byte[1]).AsTask();
        Task write = _near.Stream.WriteAsync(new byte[9]).AsTask();

        await _near.Stream.DisposeAsync();

        await AssertFailsAsync(SocketError.OperationAborted, () => new(read));
        await AssertFailsAsync(SocketError.OperationAborted, () => new(write));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Discard(_near.Stream.ReadAsync(new byte[1])).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _near.Stream.WriteAsync(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _near.CompleteWritesAsync());
    }

    [Fact]
    public async Task FailAfter_BytesBothWays_BreaksAtThatByte()
    {
        _near.FailAfter(5);
        await _far.Stream.WriteAsync(new byte[] { 1, 2 });

        await AssertFailsAsync(SocketError.ConnectionReset, () => _near.Stream.WriteAsync(new byte[] { 3, 4, 5, 6 }));

        byte[] received = new byte[3];
        await _far.Stream.ReadExactlyAsync(received).OrFail();
        Assert.Equal([3, 4, 5], received);
        await AssertFailsAsync(SocketError.ConnectionReset, () => Discard(_far.Stream.ReadAsync(received)));
        await _near.Stream.ReadExactlyAsync(received.AsMemory(0, 2)).OrFail();
        await AssertFailsAsync(SocketError.ConnectionReset, () => Discard(_near.Stream.ReadAsync(received)));
        await AssertFailsAsync(SocketError.ConnectionReset, () => _far.Stream.WriteAsync(received));
    }

    [Fact]
    public async Task FailAfter_ZeroBytes_BreaksNow()
    {
        Task<int> read = _far.Stream.ReadAsync(new byte[1]).AsTask();

        _near.FailAfter(0);

        await AssertFailsAsync(SocketError.ConnectionReset, () => new(read));
    }

    [Fact]
    public async Task Continuations_OfARead_DoNotRunInsideTheWrite()
    {
        TaskCompletionSource release = new();
        Task reader = ReadThenBlockAsync();

        _near.Stream.WriteByte(1); // would not return if the continuation ran inside
        release.SetResult();

        await reader.OrFail();

        async Task ReadThenBlockAsync()
        {
            await _far.Stream.ReadAsync(new byte[1]).ConfigureAwait(false);
            Assert.True(release.Task.Wait(Hang.Limit));
        }
    }

    [Fact]
    public async Task Abort_RacingWithTraffic_EndsEverything()
    {
        for (int i = 0; i < 200; i++)
        {
            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: 100);
            Task[] traffic =
            [
                Task.Run(() => SendAsync(near, new byte[50_000])), Task.Run(() => ReadToEndAsync(far)),
                Task.Run(() => SendAsync(far, new byte[50_000])), Task.Run(() => ReadToEndAsync(near)),
                Task.Run(i % 2 == 0 ? near.Abort : () => _ = far.DisposeAsync().AsTask()),
            ];

            await Task.WhenAll(traffic).ContinueWith(_ => { }, TaskScheduler.Default).OrFail();

            Assert.All(traffic.Where(task => task.IsFaulted), task => Assert.True(
                task.Exception!.InnerException is IOException or ObjectDisposedException, task.Exception.ToString()));
        }
    }

    private static async Task SendAsync(InMemoryConnection connection, byte[] data)
    {
        await connection.Stream.WriteAsync(data);
        await connection.CompleteWritesAsync();
    }

    private static async Task<byte[]> ReadToEndAsync(InMemoryConnection connection)
    {
        using MemoryStream all = new();
        await connection.Stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static async ValueTask Discard(ValueTask<int> read) => await read;

    private static async Task AssertFailsAsync(SocketError expected, Func<ValueTask> action)
    {
        IOException exception = await Assert.ThrowsAsync<IOException>(() => action().OrFail());
        Assert.Equal(expected, Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode);
    }
}
