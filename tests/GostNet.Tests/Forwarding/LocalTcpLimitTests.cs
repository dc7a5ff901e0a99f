using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>How many connections there may be, and how long they may be silent.</summary>
public sealed class LocalTcpLimitTests
{
    [Fact]
    public async Task MaxConnections_OneMore_IsResetUnservedAndLogged()
    {
        await using var scene = new ForwardScene();
        await using IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a", new() { MaxConnections = 2 });
        (InMemoryConnection first, _) = await scene.ConnectAsync(target);
        await scene.ConnectAsync(target);

        InMemoryConnection third = await scene.ConnectAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => third.ReadToEndAsync().OrFail());
        Assert.Equal(2, scene.Log.WithId(LogEventIds.ConnectionRejected).Single().Values["Count"]);
        Assert.Equal(2, scene.Forward.TotalConnections);

        first.Abort();
        await scene.NextClosedAsync();
        await ConnectOnceThereIsRoomAsync(scene, target);
    }

    [Fact]
    public async Task IdleTimeout_NothingMoves_ResetsBoth()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(
            scene, new() { IdleTimeout = TimeSpan.FromSeconds(10) });
        scene.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Single(scene.Forwarder.Connections);
        scene.Time.Advance(TimeSpan.FromSeconds(2)); // a tenth is allowed for looking

        Assert.Equal(ConnectionEnd.IdleTimeout, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => target.ReadToEndAsync().OrFail());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IdleTimeout_BytesMoveOneWay_GoesOn(bool fromClient)
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(
            scene, new() { IdleTimeout = TimeSpan.FromSeconds(10) });
        (InMemoryConnection from, InMemoryConnection to) = fromClient ? (client, target) : (target, client);
        for (int i = 0; i < 5; i++)
        {
            scene.Time.Advance(TimeSpan.FromSeconds(9));
            await PassBytesAsync(from, to);
        }

        Assert.Single(scene.Forwarder.Connections);
    }

    [Fact]
    public async Task HalfOpenTimeout_OtherSideIsSilent_ResetsIt()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(
            scene, new() { HalfOpenTimeout = TimeSpan.FromSeconds(10) });
        scene.Time.Advance(TimeSpan.FromDays(1)); // both sides open: no limit
        await client.SendAndEndAsync([1]).OrFail();
        await target.ReadToEndAsync().OrFail();
        await PassBytesAsync(target, client);
        scene.Time.Advance(TimeSpan.FromSeconds(9));
        await PassBytesAsync(target, client);
        scene.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Single(scene.Forwarder.Connections);
        scene.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ConnectionEnd.HalfOpenTimeout, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => target.Stream.WriteAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task HalfOpenTimeout_NotSet_IsAnHour()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene, new());
        await client.SendAndEndAsync([1]).OrFail();
        await target.ReadToEndAsync().OrFail();
        scene.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Single(scene.Forwarder.Connections);
        scene.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(ConnectionEnd.HalfOpenTimeout, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task Timeouts_Infinite_ArmNoTimer()
    {
        await using var scene = new ForwardScene();
        await StartAndConnectAsync(scene, new() { HalfOpenTimeout = Timeout.InfiniteTimeSpan, DialTimeout = Timeout.InfiniteTimeSpan });

        Assert.Equal(0, scene.Time.ArmedTimers);
    }

    /// <summary>Passes two bytes, one after the other. When the second has come, the clock has been looked at for the first.</summary>
    private static async Task PassBytesAsync(InMemoryConnection from, InMemoryConnection to)
    {
        for (int i = 0; i < 2; i++)
        {
            await from.Stream.WriteAsync(new byte[] { 1 }).OrFail();
            await to.ReadAsync(1).OrFail();
        }
    }

    /// <summary>A connection gives its place back a moment after its end was told.</summary>
    private static async Task ConnectOnceThereIsRoomAsync(ForwardScene scene, IListener target)
    {
        Task<IConnection?> accepting = target.AcceptAsync().AsTask();
        while (!accepting.IsCompleted)
        {
            InMemoryConnection client = await scene.ConnectAsync();
            await Task.WhenAny(accepting, client.ReadAsync(1)).OrFail();
        }

        Assert.NotNull(await accepting);
    }

    private static async Task<(InMemoryConnection Client, InMemoryConnection Target)> StartAndConnectAsync(
        ForwardScene scene, LocalTcpOptions options)
    {
        IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a", options);
        return await scene.ConnectAsync(target);
    }
}
