using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>Messages cost no memory of their own. Alone, because all others share the pool of arrays.</summary>
[CollectionDefinition(nameof(WebSocketAllocationTests), DisableParallelization = true)]
[Collection(nameof(WebSocketAllocationTests))]
public class WebSocketAllocationTests
{
    private const int Rounds = 1000;

    [Theory]
    [InlineData(true, 4096)]
    [InlineData(false, 4096)]
    [InlineData(true, 64 * 1024)]
    [InlineData(false, 64 * 1024)]
    public void Write_ManyMessages_AllocatesNothing(bool isServer, int size)
    {
        WebSocketConnection connection = new(new LoopCarrier([]), new() { IsServer = isServer }, [], TimeProvider.System);
        byte[] data = new byte[size];
        Assert.InRange(Measure(() => Assert.True(connection.WriteAsync(data, default).AsTask().IsCompletedSuccessfully)), 0, 200);
    }

    [Theory]
    [InlineData(true, 64 * 1024)]
    [InlineData(false, 64 * 1024)]
    [InlineData(true, 100)]
    [InlineData(false, 100)]
    public void Read_ManyMessages_AllocatesNothing(bool isServer, int room)
    {
        byte[] frame = new byte[5000];
        int length = WebSocketCodec.WriteFrame(frame, new(WebSocketOpcode.Binary, 0, isServer ? 7u : null), new byte[4096]);
        WebSocketConnection connection =
            new(new LoopCarrier(frame[..length]), new() { IsServer = isServer }, [], TimeProvider.System);
        byte[] buffer = new byte[room];
        int wrong = 0;
        Assert.InRange(Measure(() => wrong += Wait(connection) == 0 && Read(connection, buffer) > 0 ? 0 : 1), 0, 200);
        Assert.Equal(0, wrong);
    }

    private static int Wait(WebSocketConnection connection) => Result(connection.ReadAsync(Memory<byte>.Empty, default));

    private static int Read(WebSocketConnection connection, byte[] buffer) => Result(connection.ReadAsync(buffer, default));

    private static long Measure(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static int Result(ValueTask<int> reading) => reading.IsCompletedSuccessfully ? reading.Result : -1;

    /// <summary>A connection that takes everything at once, and gives the same frame again and again.</summary>
    private sealed class LoopCarrier(byte[] frame) : UnseekableStream, IConnection
    {
        private int _position;

        public Stream Stream => this;

        public EndPoint? LocalEndPoint => null;

        public EndPoint? RemoteEndPoint => null;

        public ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        public void Abort()
        {
        }

        public bool TryGetSocket([NotNullWhen(true)] out Socket? socket) => (socket = null) is not null;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Span<byte> room = buffer.Span;
            while (!room.IsEmpty)
            {
                int count = Math.Min(room.Length, frame.Length - _position);
                frame.AsSpan(_position, count).CopyTo(room);
                _position = (_position + count) % frame.Length;
                room = room[count..];
            }

            return new(buffer.Length);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;
    }
}
