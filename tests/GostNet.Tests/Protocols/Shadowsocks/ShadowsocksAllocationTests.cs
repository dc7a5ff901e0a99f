using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using GostNet.Internal;
using GostNet.Protocols.Shadowsocks;

namespace GostNet.Tests.Protocols.Shadowsocks;

/// <summary>Chunks cost no memory of their own. Alone, because all others share the pool of arrays.</summary>
[CollectionDefinition(nameof(ShadowsocksAllocationTests), DisableParallelization = true)]
[Collection(nameof(ShadowsocksAllocationTests))]
public sealed class ShadowsocksAllocationTests
{
    /// <summary>All but CAST5, whose engine in BouncyCastle makes an array for each block.</summary>
    public static TheoryData<string> Methods =>
        [.. ShadowsocksMethods.All.Select(method => method.Name).Where(name => name != "cast5-cfb")];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Transfer_ManyChunks_AllocatesNothing(string method)
    {
        const int Rounds = 50;
        ShadowsocksKey key = ShadowsocksWire.Key(method);
        await using LoopConnection loop = new();
        await using ShadowsocksConnection near = ShadowsocksConnection.Open(loop, key, "ss1", [], TimeProvider.System);
        await using ShadowsocksConnection far = ShadowsocksConnection.Accept(loop, key, TimeProvider.System);
        byte[] data = new byte[60_000];
        Measure(data.Length); // starts both ciphers and fills the pool

        // Without the compiler's optimization an asynchronous method costs an object for each call, whatever it does.
        Assert.InRange(Measure(data.Length) - Measure(1), long.MinValue, 200);

        // Everything ends at once: what is written is read by the same thread, in one go.
        long Measure(int size)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
            {
                Complete(near.Stream.WriteAsync(data.AsMemory(0, size)));
                for (int left = size; left > 0;)
                {
                    left -= Complete(far.Stream.ReadAsync(data));
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static void Complete(ValueTask task)
    {
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    private static int Complete(ValueTask<int> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException();

    /// <summary>A connection from which is read what is written to it.</summary>
    private sealed class LoopConnection : UnseekableStream, IConnection
    {
        private readonly byte[] _bytes = new byte[100_000];
        private int _start;
        private int _end;

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
            int count = Math.Min(buffer.Length, _end - _start);
            _bytes.AsSpan(_start, count).CopyTo(buffer.Span);
            _start += count;
            return new(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.CopyTo(_bytes);
            (_start, _end) = (0, buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
