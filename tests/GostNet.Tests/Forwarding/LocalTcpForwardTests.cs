using System.Security.Cryptography;
using GostNet.Diagnostics;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>One connection through a local TCP forward (gost-nodes, section 2.1).</summary>
public sealed class LocalTcpForwardTests
{
    [Fact]
    public async Task Connection_BytesBothWays_ArriveAndAreReported()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        byte[] up = RandomNumberGenerator.GetBytes(300_001);
        byte[] down = RandomNumberGenerator.GetBytes(500_003);

        Task<byte[]> upReceived = target.ReadToEndAsync();
        Task<byte[]> downReceived = client.ReadToEndAsync();
        await Task.WhenAll(client.SendAndEndAsync(up), target.SendAndEndAsync(down)).OrFail();
        Assert.Equal(up, await upReceived.OrFail());
        Assert.Equal(down, await downReceived.OrFail());

        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Completed, connection.End);
        Assert.Null(connection.Error);
        Assert.Equal(up.Length, connection.BytesFromClient);
        Assert.Equal(down.Length, connection.BytesFromTarget);
        Assert.Equal(ForwardScene.At("a"), connection.Target);
        Assert.Equal(client.LocalEndPoint, connection.Client);
        Assert.Same(scene.Forward, connection.Forward);
        Assert.Equal(1, scene.Forward.TotalConnections);
    }

    [Fact]
    public async Task Connection_ClientEndsItsSideFirst_GetsTheWholeAnswer()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        await client.SendAndEndAsync("question"u8.ToArray()).OrFail();
        Assert.Equal("question"u8.ToArray(), await target.ReadToEndAsync().OrFail());
        byte[] answer = RandomNumberGenerator.GetBytes(1_000_000);
        Task<byte[]> received = client.ReadToEndAsync();
        await target.SendAndEndAsync(answer).OrFail();

        Assert.Equal(answer, await received.OrFail());
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task Connection_TargetEndsItsSideFirst_GetsTheWholeUpload()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        await target.SendAndEndAsync("banner"u8.ToArray()).OrFail();
        Assert.Equal("banner"u8.ToArray(), await client.ReadToEndAsync().OrFail());
        await client.SendAndEndAsync("upload"u8.ToArray()).OrFail();

        Assert.Equal("upload"u8.ToArray(), await target.ReadToEndAsync().OrFail());
        Assert.Equal(ConnectionEnd.Completed, (await scene.NextClosedAsync()).End);
    }

    [Theory]
    [InlineData(true, ConnectionEnd.ClientReset)]
    [InlineData(false, ConnectionEnd.TargetReset)]
    public async Task Connection_OneSideResets_ResetsTheOther(bool byClient, ConnectionEnd expected)
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        (byClient ? client : target).Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => (byClient ? target : client).ReadToEndAsync().OrFail());
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(expected, connection.End);
        Assert.IsAssignableFrom<IOException>(connection.Error);
    }

    [Fact]
    public async Task Connection_NetworkBreaksInTheMiddle_DeliversWhatCameAndResetsTheClient()
    {
        await using var scene = new ForwardScene();
        scene.Network.FailAfter(ForwardScene.At("a"), 3);
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        await client.Stream.WriteAsync(new byte[] { 1, 2, 3, 4 }).OrFail();

        Assert.Equal([1, 2, 3], await target.ReadAsync(3).OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        Assert.Equal(ConnectionEnd.TargetReset, (await scene.NextClosedAsync()).End);
    }

    [Fact]
    public async Task Abort_WhileRelaying_ResetsBoth()
    {
        await using var scene = new ForwardScene();
        (InMemoryConnection client, InMemoryConnection target) = await StartAndConnectAsync(scene);
        ForwardedConnection connection = await scene.NextOpenedAsync();
        await client.Stream.WriteAsync(new byte[] { 1 }).OrFail();
        await target.ReadAsync(1).OrFail();
        Assert.Same(connection, Assert.Single(scene.Forwarder.Connections));
        connection.Abort();
        connection.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => target.ReadToEndAsync().OrFail());
        Assert.Same(connection, await scene.NextClosedAsync());
        Assert.Equal(ConnectionEnd.Aborted, connection.End);
        Assert.Equal(1, connection.BytesFromClient);
        Assert.Empty(scene.Forwarder.Connections);
    }

    [Fact]
    public async Task Abort_WhileDialing_GivesUpTheDial()
    {
        await using var scene = new ForwardScene();
        scene.Network.Hang(ForwardScene.At("a"));
        await scene.StartTcpAsync("ab", new() { Attempts = 2, DialTimeout = Timeout.InfiniteTimeSpan });
        InMemoryConnection client = await scene.ConnectAsync();
        await scene.Network.WaitForDialsAsync(2).OrFail();
        (await scene.NextOpenedAsync()).Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        ForwardedConnection connection = await scene.NextClosedAsync();
        Assert.Equal(ConnectionEnd.Aborted, connection.End);
        Assert.Null(connection.Target);
        Assert.Equal([ForwardScene.At("a")], scene.TargetDials); // and no second attempt
        Assert.Empty(scene.Log.WithId(LogEventIds.DialGivenUp));
        Assert.Empty(scene.Log.WithId(LogEventIds.NodeDied)); // nobody is to blame
    }

    [Fact]
    public async Task Abort_ByTheOpenedHandler_DialsNobody()
    {
        await using var scene = new ForwardScene();
        scene.WhenOpened = connection => connection.Abort();
        await scene.StartTcpAsync("a");
        InMemoryConnection client = await scene.ConnectAsync();

        Assert.Equal(ConnectionEnd.Aborted, (await scene.NextClosedAsync()).End);
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync().OrFail());
        Assert.Empty(scene.TargetDials);
    }

    [Fact]
    public async Task Duration_OfAConnection_IsMeasuredByTheClock()
    {
        await using var scene = new ForwardScene();
        DateTimeOffset start = scene.Time.GetUtcNow();
        (InMemoryConnection client, _) = await StartAndConnectAsync(scene);
        ForwardedConnection connection = await scene.NextOpenedAsync();
        scene.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), connection.Duration);
        scene.Time.Advance(TimeSpan.FromSeconds(4));
        client.Abort();
        await scene.NextClosedAsync();
        scene.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(7), connection.Duration);
        Assert.Equal(start, connection.StartTime);
    }

    private static async Task<(InMemoryConnection Client, InMemoryConnection Target)> StartAndConnectAsync(ForwardScene scene)
    {
        IListener target = await scene.ListenAsync("a");
        await scene.StartTcpAsync("a");
        return await scene.ConnectAsync(target);
    }
}
