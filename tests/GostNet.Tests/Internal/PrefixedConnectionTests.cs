using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Internal;

public class PrefixedConnectionTests
{
    private readonly ScriptedPeer _peer = new();

    [Fact]
    public void Create_NoPrefix_GivesTheConnectionItself() => Assert.Same(_peer.Near, PrefixedConnection.Create([], _peer.Near));

    [Fact]
    public async Task ReadAsync_SmallReads_YieldPrefixThenInner()
    {
        await using IConnection connection = PrefixedConnection.Create([1, 2, 3], _peer.Near);
        await _peer.SendAsync([4, 5]);
        byte[] buffer = new byte[2];

        Assert.Equal(0, await connection.Stream.ReadAsync(Memory<byte>.Empty).OrFail());
        Assert.Equal(2, await connection.Stream.ReadAsync(buffer).OrFail());
        Assert.Equal([1, 2], buffer);
        Assert.Equal(0, await connection.Stream.ReadAsync(Memory<byte>.Empty).OrFail());
        Assert.Equal(1, await connection.Stream.ReadAsync(buffer).OrFail());
        Assert.Equal(3, buffer[0]);
        Assert.Equal(2, await connection.Stream.ReadAsync(buffer).OrFail());
        Assert.Equal([4, 5], buffer);
    }

    [Fact]
    public async Task Read_EveryOverload_YieldsThePrefixFirst()
    {
        await using IConnection connection = PrefixedConnection.Create([1, 2, 3], _peer.Near);
        await _peer.SendAsync([4, 5, 6]);
        byte[] buffer = new byte[6];

        Assert.Equal(1, connection.Stream.Read(buffer.AsSpan(0, 1)));
        Assert.Equal(1, connection.Stream.Read(buffer, 1, 1));
        Assert.Equal(1, await connection.Stream.ReadAsync(buffer, 2, 1).OrFail());
        Assert.Equal(1, connection.Stream.Read(buffer.AsSpan(3, 1)));
        Assert.Equal(1, connection.Stream.Read(buffer, 4, 1));
        Assert.Equal(1, await connection.Stream.ReadAsync(buffer, 5, 1).OrFail());
        Assert.Equal([1, 2, 3, 4, 5, 6], buffer);
    }

    [Fact]
    public async Task ReadAsync_EmptyReadOnceDrained_WaitsForTheInnerStream()
    {
        await using IConnection connection = PrefixedConnection.Create([1], _peer.Near);
        Assert.Equal(1, await connection.Stream.ReadAsync(new byte[8]).OrFail());

        Task<int> read = connection.Stream.ReadAsync(Memory<byte>.Empty).AsTask();

        Assert.False(read.IsCompleted);
        await _peer.SendAsync([2]);
        Assert.Equal(0, await read.OrFail());
    }

    [Fact]
    public async Task ReadAsync_CancelledBefore_KeepsThePrefix()
    {
        await using IConnection connection = PrefixedConnection.Create([1], _peer.Near);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Stream.ReadAsync(new byte[1], new(true)).AsTask());
        Assert.Equal(1, await connection.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task TryGetSocket_PrefixLeft_IsRefusedUntilItIsRead()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        ScriptedPeer peer = new(socket: socket);
        await using IConnection connection = PrefixedConnection.Create([1, 2], peer.Near);

        Assert.False(connection.TryGetSocket(out _));
        await connection.Stream.ReadExactlyAsync(new byte[1]);
        Assert.False(connection.TryGetSocket(out _));
        await connection.Stream.ReadExactlyAsync(new byte[1]);
        Assert.True(connection.TryGetSocket(out Socket? given));
        Assert.Same(socket, given);
    }

    [Fact]
    public async Task OtherMembers_ReachTheInnerConnection()
    {
        IConnection connection = PrefixedConnection.Create([1], _peer.Near);

        await connection.Stream.WriteAsync(new byte[] { 7 });
        connection.Stream.Write([8, 9, 10], 0, 3);
        connection.Stream.Write([11]);
        connection.Stream.Flush();
        await connection.Stream.FlushAsync();
        await _peer.ExpectAsync([7, 8, 9, 10, 11]);
        await connection.CompleteWritesAsync();
        connection.Abort();
        Assert.True(_peer.Near.IsAborted);
        await connection.DisposeAsync();
        Assert.True(_peer.Near.IsDisposed);
    }
}
