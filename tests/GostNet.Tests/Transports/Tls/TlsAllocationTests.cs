using GostNet.Tests.Relaying;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Transports.Tls;

/// <summary>Reads and writes cost no memory of their own. Alone, because all allocations of the process are counted.</summary>
[CollectionDefinition(nameof(TlsAllocationTests), DisableParallelization = true)]
[Collection(nameof(TlsAllocationTests))]
public class TlsAllocationTests
{
    private const int Rounds = 4000;

    // Less than the smallest task has: pools are per thread, and now and then another thread goes on. Without optimization, methods that
    // wait make an object each, before anything of the library's can be pooled.
#if DEBUG
    private const int MaxBytesPerWait = 500;
#else
    private const int MaxBytesPerWait = 32;
#endif

    [Theory]
    [InlineData(10)]
    [InlineData(16_000)]
    public async Task ReadAndWrite_DataIsThere_AllocatesNothing(int size)
    {
        (int measured, int quiet) = (0, 0);
        await RunAsync(size, rounds =>
        {
            (measured, quiet) = (0, 0);
            return async (client, server, data, buffer) =>
            {
                for (int i = 0; i < rounds; i++)
                {
                    (int thread, long before) = (Environment.CurrentManagedThreadId, GC.GetAllocatedBytesForCurrentThread());
                    await client.WriteAsync(data);
                    int none = await server.ReadAsync(Memory<byte>.Empty); // as the relay does
                    for (int left = size - none; left > 0;)
                    {
                        left -= await server.ReadAsync(buffer);
                    }

                    if (thread == Environment.CurrentManagedThreadId)
                    {
                        measured++;
                        quiet += GC.GetAllocatedBytesForCurrentThread() == before ? 1 : 0;
                    }
                }
            };
        });

        Assert.InRange(quiet, Math.Max(1, measured * 9 / 10), measured);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(16_000)]
    public async Task Read_WaitsForData_AllocatesNothing(int size)
    {
        long allocated = 0;
        await RunAsync(size, rounds => async (client, server, data, buffer) =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < rounds; i++)
            {
                ValueTask<int> wait = server.ReadAsync(Memory<byte>.Empty);
                await client.WriteAsync(data);
                for (int left = size - await wait; left > 0;)
                {
                    left -= await server.ReadAsync(buffer);
                }
            }

            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        });

        Assert.InRange(allocated / Rounds, 0, MaxBytesPerWait);
    }

    /// <summary>Does it once for practice and once in earnest.</summary>
    private static async Task RunAsync(int size, Func<int, Func<Stream, Stream, byte[], byte[], Task>> exchange)
    {
        await using LoopbackPair below = await LoopbackPair.CreateAsync();
        Task<IConnection> accept = TlsSides.Server().StartAsync(below.Accepted, default).AsTask();
        await using IConnection client = await TlsSides.Client().StartAsync(below.Dialed, default).OrFail();
        await using IConnection server = await accept.OrFail();
        byte[] data = new byte[size];
        byte[] buffer = new byte[64 * 1024];
        await exchange(Rounds / 10)(client.Stream, server.Stream, data, buffer).OrFail();
        await exchange(Rounds)(client.Stream, server.Stream, data, buffer).OrFail();
    }
}
