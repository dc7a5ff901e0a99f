using GostNet.Tests.Relaying;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Transports.Tls;

/// <summary>Reads and writes cost no memory of their own. Alone, because all allocations of the process are counted.</summary>
[CollectionDefinition(nameof(TlsAllocationTests), DisableParallelization = true)]
[Collection(nameof(TlsAllocationTests))]
public class TlsAllocationTests
{
    private const int Rounds = 4000;

    /// <summary>Less than the smallest task has. Pools are per thread, and now and then another thread goes on.</summary>
    private const int MaxBytesPerRound = 32;

    [Theory]
    [InlineData(10, false)]
    [InlineData(10, true)]
    [InlineData(40_000, false)]
    [InlineData(40_000, true)]
    public async Task ReadAndWrite_ManyTimes_AllocatesNothing(int size, bool readsFirst)
    {
        await using LoopbackPair below = await LoopbackPair.CreateAsync();
        Task<IConnection> accept = TlsSides.Server().StartAsync(below.Accepted, default).AsTask();
        await using IConnection client = await TlsSides.Client().StartAsync(below.Dialed, default).OrFail();
        await using IConnection server = await accept.OrFail();
        byte[] data = new byte[size];
        byte[] buffer = new byte[64 * 1024];
        await ExchangeAsync(Rounds / 10).OrFail();

        long before = GC.GetTotalAllocatedBytes(precise: true);
        await ExchangeAsync(Rounds).OrFail();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.InRange(allocated / Rounds, 0, MaxBytesPerRound);

        async Task ExchangeAsync(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                ValueTask<int> wait = readsFirst ? server.Stream.ReadAsync(Memory<byte>.Empty) : default; // as the relay does
                await client.Stream.WriteAsync(data);
                await wait;
                for (int left = size; left > 0;)
                {
                    left -= await server.Stream.ReadAsync(buffer);
                }
            }
        }
    }
}
