using GostNet.Ssh.Sessions;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

public class WindowGrowthTests
{
    private const int Rounds = 20;
    private const int FixedWindow = 2 * 1024 * 1024;

    [Fact]
    public async Task Throughput_OverALongRoundTrip_IsMoreThanTwiceThatOfAFixedWindow()
    {
        long fixedTotal = await MeasureAsync(FixedWindow);
        long total = await MeasureAsync(16 * 1024 * 1024);
        Assert.InRange(fixedTotal, (Rounds - 2) * (long)FixedWindow, (Rounds + 1) * (long)FixedWindow);
        Assert.InRange(total, 2 * fixedTotal, 16 * fixedTotal);
    }

    [Fact]
    public async Task Window_OfAReaderThatTakesItsTime_DoesNotGrow()
    {
        ManualTimeProvider clock = new();
        HeldConnection? carrier = null;
        await using SshPair pair = await StartAsync(clock, 16 * 1024 * 1024, made => carrier = made);
        (IConnection client, IConnection server) = await pair.OpenAsync();
        _ = client.Stream.WriteAsync(new byte[64 * 1024 * 1024]).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        byte[] buffer = new byte[128 * 1024];
        carrier!.Hold();
        await server.Stream.ReadExactlyAsync(buffer).OrFail(); // has the round trip measured
        clock.Advance(TimeSpan.FromMilliseconds(100));
        while (pair.Server.RoundTrip == 0)
        {
            await carrier.LetGoAsync().OrFail();
            await Task.Yield();
        }

        Assert.Equal(clock.TimestampFrequency / 10, pair.Server.RoundTrip);
        for (int i = 0; i < 100; i++)
        {
            await server.Stream.ReadExactlyAsync(buffer).OrFail();
            clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(FixedWindow, ((SshChannel)server).WindowSize);
    }

    /// <summary>Sends all that the window allows, then lets 100 ms pass until the peer hears what was taken: once for each round.</summary>
    /// <returns>How many bytes that was.</returns>
    private static async Task<long> MeasureAsync(int maxWindow)
    {
        ManualTimeProvider clock = new();
        HeldConnection? carrier = null;
        await using SshPair pair = await StartAsync(clock, maxWindow, made => carrier = made);
        (IConnection client, IConnection server) = await pair.OpenAsync();
        carrier!.Hold();
        var sender = (SshChannel)client;
        Task writing = client.Stream.WriteAsync(new byte[Rounds * 16 * 1024 * 1024]).AsTask();
        byte[] buffer = new byte[128 * 1024];
        long taken = 0;
        for (int round = 0; round < Rounds; round++)
        {
            while (taken < sender.BytesSent || sender.SendWindow > 0)
            {
                taken += await server.Stream.ReadAsync(buffer).OrFail();
            }

            clock.Advance(TimeSpan.FromMilliseconds(100));
            long window = sender.SendWindow + sender.BytesSent;
            await carrier.ReleaseAsync().OrFail();
            while (sender.SendWindow + sender.BytesSent == window)
            {
                await Task.Yield(); // until the first of what was released has arrived
            }
        }

        client.Abort();
        await carrier.LetGoAsync().OrFail();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.OrFail());
        return taken;
    }

    private static Task<SshPair> StartAsync(ManualTimeProvider clock, int maxWindow, Action<HeldConnection> made)
    {
        int ends = 0;
        return SshPair.StartAsync(
            SshPair.ClientSettings with { Time = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan },
            SshPair.ServerSettings with { Time = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan, MaxWindowSize = maxWindow },
            connection =>
            {
                if (ends++ == 0)
                {
                    return connection;
                }

                HeldConnection held = new(connection);
                made(held);
                return held;
            },
            bufferSize: 32 * 1024 * 1024);
    }
}
