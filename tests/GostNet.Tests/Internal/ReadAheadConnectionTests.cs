using GostNet.Internal;
using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Internal;

public class ReadAheadConnectionTests
{
    private readonly ScriptedPeer _peer = new();

    [Fact]
    public async Task Start_PeerSendsAndWaits_KeepsWhatItSent()
    {
        await using ReadAheadConnection connection = ReadAheadConnection.Start(_peer.Near, limit: 4);
        Assert.False(connection.Readable.IsCompleted);

        await _peer.SendAsync([1, 2, 3, 4, 5, 6]);
        await connection.Readable.OrFail();
        _peer.End();

        Assert.Equal([1, 2, 3, 4, 5, 6], await ScriptedPeer.ReadToEndAsync(connection));
        Assert.Equal(0, await connection.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task Ended_PeerEnds_CompletesAndTheEndIsRead()
    {
        await using ReadAheadConnection connection = ReadAheadConnection.Start(_peer.Near, limit: 4);

        await _peer.SendAsync([1, 2]);
        _peer.End();
        await connection.Ended.OrFail();

        Assert.False(connection.TryGetSocket(out _));
        Assert.Equal([1, 2], await ScriptedPeer.ReadToEndAsync(connection));
    }

    [Fact]
    public async Task Ended_ConnectionBreaks_CompletesAndTheReaderIsTold()
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        await using ReadAheadConnection connection = ReadAheadConnection.Start(near, limit: 4);

        far.Abort();
        await connection.Ended.OrFail();

        await Assert.ThrowsAsync<IOException>(() => connection.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task ReadAsync_WhileAheadReadIsUnderWay_TakesItsBytes()
    {
        await using ReadAheadConnection connection = ReadAheadConnection.Start(_peer.Near, limit: 4);
        byte[] buffer = new byte[8];
        using CancellationTokenSource cancellation = new();
        Task<int> cancelled = connection.Stream.ReadAsync(buffer, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.OrFail());

        Task<int> empty = connection.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(empty.IsCompleted);
        await _peer.SendAsync([7, 8]);
        Assert.Equal(0, await empty.OrFail());
        Assert.Equal(2, await connection.Stream.ReadAsync(buffer).OrFail());
        Assert.Equal([7, 8], buffer[..2]);
    }

    [Fact]
    public async Task Read_EveryOverload_YieldsWhatIsKeptFirst()
    {
        await using ReadAheadConnection connection = ReadAheadConnection.Start(_peer.Near, limit: 3);
        byte[] buffer = new byte[5];
        await _peer.SendAsync([1, 2, 3, 4, 5]);
        await connection.Readable.OrFail();

        Assert.Equal(1, connection.Stream.Read(buffer.AsSpan(0, 1)));
        Assert.Equal(1, connection.Stream.Read(buffer, 1, 1));
        Assert.Equal(1, await connection.Stream.ReadAsync(buffer, 2, 1).OrFail());
        Assert.Equal(2, connection.Stream.Read(buffer.AsSpan(3)));
        Assert.Equal([1, 2, 3, 4, 5], buffer);
    }

    [Fact]
    public async Task TryGetSocket_WithLimitZero_IsTheInnerOnceReadable()
    {
        using System.Net.Sockets.Socket socket =
            new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        ScriptedPeer peer = new(socket: socket);
        await using ReadAheadConnection connection = ReadAheadConnection.Start(peer.Near, limit: 0);
        Assert.False(connection.TryGetSocket(out _));

        await peer.SendAsync([1]);
        await connection.Readable.OrFail();
        Assert.Equal(1, await connection.Stream.ReadAsync(new byte[4]).OrFail());

        Assert.True(connection.TryGetSocket(out System.Net.Sockets.Socket? found));
        Assert.Same(socket, found);
    }
}
