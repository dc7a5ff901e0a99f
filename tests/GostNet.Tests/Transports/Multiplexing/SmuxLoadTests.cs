using System.Security.Cryptography;
using GostNet.Tests.Shared;
using GostNet.Transports.Multiplexing;

namespace GostNet.Tests.Transports.Multiplexing;

/// <summary>Many streams at once.</summary>
public class SmuxLoadTests
{
    private static readonly SmuxOptions Options = new() { PeerHalfCloses = true, SynRateLimit = int.MaxValue };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Streams_200AtOnceAndOneThatNobodyReads_TheOthersFinish(int version)
    {
        const int Count = 200;
        const int Size = 1024 * 1024;
        await using SmuxPair pair = new(Options with { Version = version });
        byte[][] hashes = new byte[Count][];
        TaskCompletionSource others = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task serving = pair.ServeAsync(async stream =>
        {
            byte[] number = await stream.ReadAsync(1);
            if (number[0] == 0)
            {
                await others.Task; // stands still until all the others are done
            }

            hashes[number[0]] = await SHA256.HashDataAsync(stream.Stream);
            await stream.SendAndEndAsync(hashes[number[0]]);
            await stream.DisposeAsync();
        });

        Task[] sending = new Task[Count];
        for (int i = 0; i < Count; i++)
        {
            byte[] data = new byte[1 + Size];
            new Random(i).NextBytes(data);
            data[0] = (byte)i;
            sending[i] = Task.Run(() => SendAsync(pair.Client, data));
        }

        await Task.WhenAll(sending[1..]).WaitAsync(TimeSpan.FromMinutes(3));
        Assert.False(sending[0].IsCompleted);
        Assert.Null(hashes[0]);
        others.SetResult();
        await sending[0].OrFail();
        await pair.Client.CloseAsync().OrFail();
        await serving.OrFail();
        Assert.Equal((0, 0), (pair.Client.StreamCount, pair.Server.StreamCount));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Streams_10000OpenedAndClosed_LeaveNothing(int version)
    {
        const int Workers = 20;
        await using SmuxPair pair = new(Options with { Version = version });
        Task serving = pair.ServeAsync(async stream =>
        {
            byte[] request = await stream.ReadToEndAsync();
            await stream.SendAndEndAsync(request);
            await stream.DisposeAsync();
        });
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 10_000 / Workers; i++)
            {
                byte[] request = [(byte)worker, (byte)i, (byte)(i >> 8)];
                await using IConnection stream = await pair.Client.OpenStreamAsync();
                await stream.SendAndEndAsync(request);
                Assert.Equal(request, await stream.ReadToEndAsync());
            }
        }))).WaitAsync(TimeSpan.FromMinutes(3));

        Assert.Equal((0, 0), (pair.Client.StreamCount, pair.Client.LingeringStreamCount));
        await pair.Client.CloseAsync().OrFail();
        await serving.OrFail();
        Assert.Equal((0, 0), (pair.Server.StreamCount, pair.Server.LingeringStreamCount));
        Assert.Null(pair.Server.Failure);
    }

    [Fact]
    public async Task Streams_AbortedAtRandomByBothSides_LeaveNothing()
    {
        const int Seed = 20240917;
        await using SmuxPair pair = new(Options with { Version = 2 }, bufferSize: 10_000);
        Task serving = pair.ServeAsync(stream => UseAndAbortAsync(stream, new Random(Seed)));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            Random random = new(Seed + worker);
            for (int i = 0; i < 100; i++)
            {
                await UseAndAbortAsync(await pair.Client.OpenStreamAsync(), random);
            }
        }))).WaitAsync(TimeSpan.FromMinutes(2));

        // Every stream was closed by both sides; a stream whose answer passes through the session comes after all of that.
        Assert.Equal((0, null), (pair.Client.StreamCount, pair.Client.Failure));
        await pair.Client.CloseAsync().OrFail();
        await serving.OrFail();
        Assert.Equal((0, 0, null), (pair.Server.StreamCount, pair.Server.LingeringStreamCount, pair.Server.Failure));
    }

    [Fact]
    public async Task Connection_ThatBreaksAnywhere_FailsEverythingAndLeavesNothing()
    {
        for (int i = 1; i < 60; i++)
        {
            await using SmuxPeer peer = new(options: new() { Version = 2 }, bufferSize: 500);
            peer.Far.FailAfter(i * 37);
            Task draining = peer.Far.Stream.CopyToAsync(Stream.Null);
            Task using1 = UseAsync(peer.Session);
            Task using2 = UseAsync(peer.Session);
            await Assert.ThrowsAsync<IOException>(() => using1.OrFail());
            await Assert.ThrowsAsync<IOException>(() => using2.OrFail());
            await Assert.ThrowsAnyAsync<IOException>(() => draining.OrFail());
            Assert.NotNull(await peer.EndAsync());
            await peer.Session.DisposeAsync().OrFail();
            Assert.Equal(0, peer.Session.StreamCount);
            Assert.False(peer.Clock.WaitForTimersAsync(1).IsCompleted, "No timer is left.");
        }
    }

    private static async Task UseAsync(SmuxSession session)
    {
        IConnection stream = await session.OpenStreamAsync();
        Task<byte[]> reading = stream.ReadAsync(1);
        await stream.Stream.WriteAsync(new byte[10_000]);
        await reading;
    }

    private static async Task SendAsync(SmuxSession session, byte[] data)
    {
        await using IConnection stream = await session.OpenStreamAsync();
        await stream.SendAndEndAsync(data);
        Assert.Equal(SHA256.HashData(data.AsSpan(1)), await stream.ReadToEndAsync());
    }

    private static async Task UseAndAbortAsync(IConnection stream, Random random)
    {
        int size;
        bool isAborted;
        bool isReading;
        lock (random)
        {
            size = random.Next(300_000);
            isAborted = random.Next(2) == 0;
            isReading = random.Next(2) == 0;
        }

        using CancellationTokenSource cancellation = new();
        Task<int> reading = isReading ? stream.Stream.ReadAsync(new byte[100], cancellation.Token).AsTask() : Task.FromResult(0);
        Task writing = stream.Stream.WriteAsync(new byte[size], cancellation.Token).AsTask();
        await Task.Yield();
        if (size % 3 == 0)
        {
            await cancellation.CancelAsync();
        }

        if (isAborted)
        {
            stream.Abort();
        }

        await stream.DisposeAsync();
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stream.Abort();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
