using System.Security.Cryptography;
using GostNet.Internal;
using GostNet.Relaying;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Relaying;

/// <summary>What every stream relay must do, over sockets and over streams.</summary>
public sealed class StreamRelayTests
{
    private readonly ManagedStreamRelay _relay = new();

    public enum Ground
    {
        Sockets,
        Streams,
        Mixed,

        /// <summary>Streams that say at any time that there is something to read, as TLS does that has a part of a record.</summary>
        Hasty,
    }

    public static TheoryData<Ground> Grounds => [Ground.Sockets, Ground.Streams, Ground.Mixed, Ground.Hasty];

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_BytesBothWays_ArriveUnchangedAndAreCounted(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        byte[] up = RandomNumberGenerator.GetBytes(3_000_001);
        byte[] down = RandomNumberGenerator.GetBytes(5_000_003);

        Task<byte[]> upReceived = scene.Server.ReadToEndAsync();
        Task<byte[]> downReceived = scene.Client.ReadToEndAsync();
        await Task.WhenAll(scene.Client.SendAndEndAsync(up), scene.Server.SendAndEndAsync(down)).OrFail();

        Assert.Equal(up, await upReceived.OrFail());
        Assert.Equal(down, await downReceived.OrFail());
        RelayResult result = await scene.Relaying.OrFail();
        Assert.Equal(new RelayResult(ConnectionEnd.Completed), result);
        Assert.Equal(up.Length, scene.Session.BytesFromClient);
        Assert.Equal(down.Length, scene.Session.BytesFromTarget);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_ClientEndsItsSideFirst_StillGetsTheWholeAnswer(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        await scene.Client.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await scene.Server.ReadToEndAsync().OrFail());
        Assert.True(scene.Session.IsHalfOpen);

        byte[] answer = RandomNumberGenerator.GetBytes(2_000_000);
        Task<byte[]> received = scene.Client.ReadToEndAsync();
        await scene.Server.SendAndEndAsync(answer).OrFail();

        Assert.Equal(answer, await received.OrFail());
        Assert.Equal(ConnectionEnd.Completed, (await scene.Relaying.OrFail()).End);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_TargetEndsItsSideFirst_StillGetsWhatTheClientSends(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        await scene.Server.SendAndEndAsync("banner"u8.ToArray()).OrFail();
        Assert.Equal("banner"u8.ToArray(), await scene.Client.ReadToEndAsync().OrFail());

        await scene.Client.SendAndEndAsync("upload"u8.ToArray()).OrFail();
        Assert.Equal("upload"u8.ToArray(), await scene.Server.ReadToEndAsync().OrFail());
        Assert.Equal(ConnectionEnd.Completed, (await scene.Relaying.OrFail()).End);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_ClientResets_TargetIsReset(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        await scene.PassOneByteAsync();
        scene.Client.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => scene.Server.ReadToEndAsync().OrFail());
        RelayResult result = await scene.Relaying.OrFail();
        Assert.Equal(ConnectionEnd.ClientReset, result.End);
        Assert.NotNull(result.Error);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_TargetResets_ClientIsReset(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        await scene.PassOneByteAsync();
        scene.Server.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => scene.Client.ReadToEndAsync().OrFail());
        Assert.Equal(ConnectionEnd.TargetReset, (await scene.Relaying.OrFail()).End);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_TargetResetsAfterTheClientEnded_ClientIsReset(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        await scene.Client.SendAndEndAsync([1]).OrFail();
        await scene.Server.ReadToEndAsync().OrFail();
        scene.Server.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => scene.Client.ReadToEndAsync().OrFail());
        Assert.Equal(ConnectionEnd.TargetReset, (await scene.Relaying.OrFail()).End);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_AbortedFromOutside_EndsBothAndKeepsTheReason(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        await scene.PassOneByteAsync();
        scene.Session.Abort(ConnectionEnd.IdleTimeout);
        scene.Session.Abort(ConnectionEnd.Aborted);

        Assert.Equal(ConnectionEnd.IdleTimeout, (await scene.Relaying.OrFail()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => scene.Client.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => scene.Server.ReadToEndAsync().OrFail());
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_ReaderStalls_SlowsTheWriterAndLosesNothing(Ground ground)
    {
        await using Scene scene = await Scene.CreateAsync(ground, _relay);
        byte[] data = RandomNumberGenerator.GetBytes(32 * 1024 * 1024);
        Task sending = scene.Client.SendAndEndAsync(data);

        // The other direction goes on while this one is stuck.
        await scene.Server.SendAndEndAsync("still here"u8.ToArray()).OrFail();
        Assert.Equal("still here"u8.ToArray(), await scene.Client.ReadToEndAsync().OrFail());
        Assert.False(sending.IsCompleted);

        Assert.Equal(data, await scene.Server.ReadToEndAsync().OrFail());
        await sending.OrFail();
        Assert.Equal(ConnectionEnd.Completed, (await scene.Relaying.OrFail()).End);
    }

    [Theory]
    [MemberData(nameof(Grounds))]
    public async Task RelayAsync_IdleForAWhile_MeasuresTheIdleTime(Ground ground)
    {
        var time = new ManualTimeProvider();
        await using Scene scene = await Scene.CreateAsync(ground, _relay, time);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(5), scene.Session.IdleTime);
        await scene.PassOneByteAsync();

        Assert.Equal(TimeSpan.Zero, scene.Session.IdleTime);
    }

    /// <summary>A client and a server with a relay between them.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly IAsyncDisposable[] _owned;

        private Scene(IConnection client, IConnection relayClient, IConnection relayTarget, IConnection server, IStreamRelay relay, TimeProvider time)
        {
            Client = client;
            Server = server;
            Session = new RelaySession(relayClient, relayTarget, time);
            Relaying = relay.RelayAsync(Session);
            _owned = [client, server];
        }

        public IConnection Client { get; }

        public IConnection Server { get; }

        public RelaySession Session { get; }

        public Task<RelayResult> Relaying { get; }

        public static async Task<Scene> CreateAsync(Ground ground, IStreamRelay relay, TimeProvider? time = null)
        {
            (IConnection client, IConnection relayClient) = await PairAsync(sockets: ground is Ground.Sockets or Ground.Mixed);
            (IConnection server, IConnection relayTarget) = await PairAsync(sockets: ground == Ground.Sockets);
            if (ground == Ground.Hasty)
            {
                (relayClient, relayTarget) = (new HastyConnection(relayClient), new HastyConnection(relayTarget));
            }

            return new Scene(client, relayClient, relayTarget, server, relay, time ?? TimeProvider.System);
        }

        public async Task PassOneByteAsync()
        {
            await Client.Stream.WriteAsync(new byte[] { 7 }).OrFail();
            await Server.Stream.ReadExactlyAsync(new byte[1]).OrFail();
            await Server.Stream.WriteAsync(new byte[] { 8 }).OrFail();
            await Client.Stream.ReadExactlyAsync(new byte[1]).OrFail();
        }

        public async ValueTask DisposeAsync()
        {
            Session.Abort(ConnectionEnd.Aborted);
            await Relaying.OrFail();
            await Session.Client.DisposeAsync();
            await Session.Target.DisposeAsync();
            foreach (IAsyncDisposable owned in _owned)
            {
                await owned.DisposeAsync();
            }
        }

        private static async Task<(IConnection Outer, IConnection Inner)> PairAsync(bool sockets)
        {
            if (sockets)
            {
                LoopbackPair pair = await LoopbackPair.CreateAsync();
                return (pair.Dialed, pair.Accepted);
            }

            (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair();
            return (near, far);
        }
    }

    private sealed class HastyConnection(IConnection inner) : ReadLayerConnection(inner, new HastyStream(inner.Stream))
    {
        protected override bool IsTransparent => false;
    }

    private sealed class HastyStream(Stream inner) : ReadLayerStream(inner)
    {
        public override int Read(Span<byte> buffer) => Inner.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            buffer.IsEmpty ? new(0) : Inner.ReadAsync(buffer, cancellationToken);
    }
}
