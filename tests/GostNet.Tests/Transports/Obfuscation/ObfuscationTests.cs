using System.Security.Cryptography;
using GostNet.Testing;
using GostNet.Tests.Protocols;
using GostNet.Tests.Shared;
using GostNet.Transports.Obfuscation;

namespace GostNet.Tests.Transports.Obfuscation;

/// <summary>What both disguises have in common.</summary>
public sealed class ObfuscationTests
{
    private const int Bulk = 4 * 1024 * 1024;

    [Theory]
    [InlineData(ObfuscationKind.Http, "ohttp", 1)]
    [InlineData(ObfuscationKind.Http, "ohttp", 3)]
    [InlineData(ObfuscationKind.Http, "ohttp", 1000)]
    [InlineData(ObfuscationKind.Http, "ohttp", int.MaxValue)]
    [InlineData(ObfuscationKind.Http, "ohttp with host", 100)]
    [InlineData(ObfuscationKind.Tls, "otls", 1)]
    [InlineData(ObfuscationKind.Tls, "otls", 3)]
    [InlineData(ObfuscationKind.Tls, "otls", 6)]
    [InlineData(ObfuscationKind.Tls, "otls", 1000)]
    [InlineData(ObfuscationKind.Tls, "otls", int.MaxValue)]
    public async Task Exchange_Recorded_IsUnderstoodOnBothSides(ObfuscationKind kind, string name, int maxRead)
    {
        ScriptedPeer server = new(maxRead);
        await server.SendAsync([.. ObfuscationVectors.Sent(name, "s2c").SelectMany(write => write)]);
        server.End();
        ScriptedPeer client = new(maxRead);
        await client.SendAsync([.. ObfuscationVectors.Sent(name, "c2s").SelectMany(write => write)]);
        client.End();

        await using IConnection near = await ObfuscationPair.CreateClient(kind, TimeProvider.System).StartAsync(server.Near, default).OrFail();
        IConnection far = await ObfuscationPair.CreateServer(kind, TimeProvider.System).StartAsync(client.Near, default).OrFail();

        Assert.Equal(ObfuscationVectors.Payload(name), await near.ReadToEndAsync().OrFail());
        Assert.Equal(ObfuscationVectors.Payload(name), await far.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Write_First_LeavesWithTheGreetingInOneWrite(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);

        await pair.Client.Stream.WriteAsync("hello"u8.ToArray());

        byte[] write = Assert.Single(pair.ClientCarrier.Writes);
        Assert.True(write.AsSpan().IndexOf("hello"u8) > 0);
        IConnection server = await pair.Server.OrFail();
        Assert.Equal("hello"u8.ToArray(), await server.ReadAsync(5).OrFail());
        Assert.Equal(0, pair.Time.ArmedTimers);
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Greeting_NothingWrittenFor50Milliseconds_LeavesAlone(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);
        Assert.Empty(pair.ClientCarrier.Writes);

        pair.Time.Advance(TimeSpan.FromMilliseconds(50));
        IConnection server = await pair.Server.OrFail();
        await server.Stream.WriteAsync("220 banner"u8.ToArray());

        Assert.Equal("220 banner"u8.ToArray(), await pair.Client.ReadAsync(10).OrFail());
        await pair.Client.Stream.WriteAsync("HELO"u8.ToArray());
        Assert.Equal("HELO"u8.ToArray(), await server.ReadAsync(4).OrFail());
        Assert.Equal(2, pair.ClientCarrier.Writes.Length);
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Greeting_TimerDueWhileAWriteGreets_LeavesOnce(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);

        Task writing = Task.Run(async () => await pair.Client.Stream.WriteAsync("hello"u8.ToArray()));
        pair.Time.Advance(TimeSpan.FromMilliseconds(50));
        await writing.OrFail();

        IConnection server = await pair.Server.OrFail();
        await pair.Client.CompleteWritesAsync();
        Assert.Equal("hello"u8.ToArray(), await server.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task CompleteWrites_WithoutAWord_GreetsAndEnds(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);

        await pair.Client.CompleteWritesAsync().OrFail();

        IConnection server = await pair.Server.OrFail();
        Assert.Empty(await server.ReadToEndAsync().OrFail());
        await server.SendAndEndAsync("late"u8.ToArray());
        Assert.Equal("late"u8.ToArray(), await pair.Client.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task CompleteWrites_OfAServerWithoutAWord_IsAnEnd(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);
        await pair.Client.Stream.WriteAsync("hello"u8.ToArray());
        IConnection server = await pair.Server.OrFail();

        await server.CompleteWritesAsync();

        Assert.Empty(await pair.Client.ReadToEndAsync().OrFail());
        await pair.Client.SendAndEndAsync(" again"u8.ToArray());
        Assert.Equal("hello again"u8.ToArray(), await server.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Bulk_BothWaysAtOnce_ArrivesWhole(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);
        byte[] up = RandomNumberGenerator.GetBytes(Bulk);
        byte[] down = RandomNumberGenerator.GetBytes(Bulk);

        Task<byte[]> downloading = pair.Client.ReadToEndAsync();
        Task sendingUp = SendAsync(pair.Client, up, seed: 1);
        IConnection server = await pair.Server.OrFail();
        Task<byte[]> uploading = server.ReadToEndAsync();
        await SendAsync(server, down, seed: 2).OrFail();
        await sendingUp.OrFail();

        Assert.Equal(Convert.ToHexString(SHA256.HashData(up)), Convert.ToHexString(SHA256.HashData(await uploading.OrFail())));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(down)), Convert.ToHexString(SHA256.HashData(await downloading.OrFail())));
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Write_LargeFirst_ArrivesWhole(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);
        byte[] up = RandomNumberGenerator.GetBytes(300_000);

        Task sending = pair.Client.SendAndEndAsync(up);
        IConnection server = await pair.Server.OrFail();
        Task<byte[]> echoing = server.ReadToEndAsync();
        await sending.OrFail();
        Task replying = server.SendAndEndAsync(await echoing.OrFail());

        Assert.Equal(up, await pair.Client.ReadToEndAsync().OrFail());
        await replying.OrFail();
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Read_IntoAnEmptyBuffer_WaitsForData(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);
        await pair.Client.Stream.WriteAsync("hello"u8.ToArray());
        IConnection server = await pair.Server.OrFail();
        Assert.Equal(0, await server.Stream.ReadAsync(Memory<byte>.Empty).OrFail());
        Assert.Equal("hello"u8.ToArray(), await server.ReadAsync(5).OrFail());
        Task<int> waiting = server.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.False(waiting.IsCompleted);

        await pair.Client.Stream.WriteAsync("again"u8.ToArray());

        Assert.Equal(0, await waiting.OrFail());
        Assert.Equal("again"u8.ToArray(), await server.ReadAsync(5).OrFail());
        Task<int> reading = pair.Client.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await server.Stream.WriteAsync("answer"u8.ToArray());
        Assert.Equal(0, await reading.OrFail());
        Assert.Equal("answer"u8.ToArray(), await pair.Client.ReadAsync(6).OrFail());
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Abort_BeforeTheGreeting_LeavesNothingBehind(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);
        Task<int> reading = pair.Client.Stream.ReadAsync(new byte[1]).AsTask();

        pair.Client.Abort();

        Assert.Equal(0, pair.Time.ArmedTimers);
        await Assert.ThrowsAnyAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Client.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Client.CompleteWritesAsync().OrFail());
        Assert.Empty(pair.ClientCarrier.Writes);
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Dispose_Twice_LeavesNothingBehind(ObfuscationKind kind)
    {
        await using ObfuscationPair pair = await ObfuscationPair.StartAsync(kind);

        await pair.Client.DisposeAsync().OrFail();
        await pair.Client.DisposeAsync().OrFail();

        Assert.Equal(0, pair.Time.ArmedTimers);
        Assert.Equal(ForwardError.ConnectionClosed, (await Assert.ThrowsAsync<ForwardException>(() => pair.Server.OrFail())).Error);
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Greeting_CarrierBroken_FailsTheNextWrite(ObfuscationKind kind)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
        ManualTimeProvider time = new();
        IConnection client = await ObfuscationPair.CreateClient(kind, time).StartAsync(near, default).OrFail();
        far.Abort();

        time.Advance(ObfuscationStream.Patience);

        await Assert.ThrowsAnyAsync<IOException>(() => client.Stream.WriteAsync(new byte[1]).OrFail());
        await client.DisposeAsync().OrFail();
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Server_GreetingCutShortAnywhere_FailsInOrder(ObfuscationKind kind)
    {
        byte[] greeting = await GreetingAsync(kind);
        for (int length = 0; length < greeting.Length; length++)
        {
            ScriptedPeer peer = new();
            await peer.SendAsync(greeting[..length]);
            peer.End();

            ForwardException failure = await Assert.ThrowsAsync<ForwardException>(
                () => ObfuscationPair.CreateServer(kind, TimeProvider.System).StartAsync(peer.Near, default).OrFail());

            Assert.Equal(ForwardError.ConnectionClosed, failure.Error);
            Assert.False(peer.Near.IsDisposed);
        }
    }

    [Theory]
    [InlineData(ObfuscationKind.Http, 1)]
    [InlineData(ObfuscationKind.Http, 7)]
    [InlineData(ObfuscationKind.Tls, 1)]
    [InlineData(ObfuscationKind.Tls, 7)]
    public async Task Server_GreetingInPieces_IsRead(ObfuscationKind kind, int pieces)
    {
        ScriptedPeer peer = new(pieces);
        await peer.SendAsync(await GreetingAsync(kind, "hello"u8.ToArray()));
        peer.End();

        IConnection server = await ObfuscationPair.CreateServer(kind, TimeProvider.System).StartAsync(peer.Near, default).OrFail();

        Assert.Equal("hello"u8.ToArray(), await server.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(ObfuscationKind.Http)]
    [InlineData(ObfuscationKind.Tls)]
    public async Task Server_BentGreetings_AreServedOrRefused(ObfuscationKind kind)
    {
        Random random = new(4711);
        byte[][] greetings = [await GreetingAsync(kind), await GreetingAsync(kind, new byte[300])];
        byte[] space = new byte[2048];
        int served = 0;
        int cases = Fuzz.Cases(10_000);
        for (int i = 0; i < cases; i++)
        {
            ScriptedPeer peer = new(random.Next(4) == 0 ? random.Next(1, 100) : int.MaxValue);
            await peer.SendAsync(Fuzz.Bend(random, greetings, space).ToArray());
            peer.End();
            try
            {
                IConnection server =
                    await ObfuscationPair.CreateServer(kind, TimeProvider.System).StartAsync(peer.Near, default).OrFail();
                served++;
                await server.ReadToEndAsync().OrFail();
            }
            catch (ForwardException e)
            {
                Assert.True(e.Error is ForwardError.ProtocolError or ForwardError.ConnectionClosed, e.Message);
            }
        }

        Assert.InRange(served, cases / 20, cases);
    }

    private static async Task<byte[]> GreetingAsync(ObfuscationKind kind, byte[]? payload = null)
    {
        (InMemoryConnection near, _) = InMemoryConnection.CreatePair();
        LoggedConnection carrier = new(near);
        IConnection client = await ObfuscationPair.CreateClient(kind, TimeProvider.System).StartAsync(carrier, default).OrFail();
        if (payload is not null)
        {
            await client.Stream.WriteAsync(payload);
        }

        await client.CompleteWritesAsync();
        return carrier.Writes[0];
    }

    private static async Task SendAsync(IConnection connection, byte[] data, int seed)
    {
        Random random = new(seed);
        for (int position = 0; position < data.Length;)
        {
            int count = Math.Min(data.Length - position, random.Next(1, 100_000));
            await connection.Stream.WriteAsync(data.AsMemory(position, count));
            position += count;
        }

        await connection.CompleteWritesAsync();
    }
}
