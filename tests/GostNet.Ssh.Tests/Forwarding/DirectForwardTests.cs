using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>direct-tcpip, with both our ends.</summary>
public sealed class DirectForwardTests
{
    private static readonly HostEndPoint Db = new("db", 5432);

    [Fact]
    public async Task Dial_ATarget_CarriesBothDirectionsToTheirOwnEnds()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        byte[] question = RandomBytes(300_000);
        byte[] answer = RandomBytes(3_000_000);

        await using IConnection client = await scene.DialAsync("db", 5432);
        await using IConnection? target = await db.AcceptAsync().OrFail();
        await client.SendAndEndAsync(question).OrFail();
        Assert.Equal(question, await target!.ReadToEndAsync().OrFail());
        Task sending = target!.SendAndEndAsync(answer); // behind the client's end
        Assert.Equal(answer, await client.ReadToEndAsync().OrFail());
        await sending.OrFail();
    }

    [Fact]
    public async Task Dial_ATarget_IsTheServersToResolve()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener local = await scene.Network.ListenAsync(new("127.0.0.1", 80));

        await using IConnection client = await scene.DialAsync("", 80);

        await using IConnection? target = await local.AcceptAsync().OrFail();
        Assert.Equal(new("localhost", 80), scene.Network.Dials[^1]);
    }

    [Theory]
    [InlineData(ForwardError.ConnectionRefused)]
    [InlineData(ForwardError.TimedOut)]
    [InlineData(ForwardError.NameNotResolved)]
    [InlineData(ForwardError.HostUnreachable)]
    [InlineData(ForwardError.NetworkUnreachable)]
    public async Task Dial_TargetIsNotReached_TellsWhyAndKeepsTheSession(ForwardError error)
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        scene.Network.Fail(Db, error);

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("db", 5432));
        Assert.Equal(error, e.Error);
        Assert.True(e.IsTargetFault);

        await using IConnection client = await scene.DialAsync("db", 5432);
        Assert.Equal(1, scene.Sessions);
    }

    [Fact]
    public async Task Dial_OneTargetHangs_OthersAreReachedOverTheSameSession()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        scene.Network.Hang(new("slow", 1));
        using CancellationTokenSource stop = new();
        Task<IConnection> slow = scene.Far.Dialer.DialAsync(new("slow", 1), stop.Token).AsTask();
        await scene.Network.WaitForDialsAsync(2).OrFail();

        await using IConnection client = await scene.DialAsync("db", 5432);
        await using IConnection? target = await db.AcceptAsync().OrFail();
        await client.SendAndEndAsync([1, 2, 3]);
        Assert.Equal([1, 2, 3], await target!.ReadToEndAsync().OrFail());

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow.OrFail());
        Assert.Equal(1, scene.Sessions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_OneSideResets_TheOtherEnds(bool isTarget)
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        await using IConnection client = await scene.DialAsync("db", 5432);
        await using IConnection? target = await db.AcceptAsync().OrFail();
        (IConnection resetting, IConnection other) = isTarget ? (target!, client) : (client, target!);
        await resetting.Stream.WriteAsync(new byte[] { 1 }).OrFail();
        Assert.Equal(1, await other.Stream.ReadAsync(new byte[1]).OrFail());

        resetting.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => WriteUntilItFailsAsync(other).OrFail());
        await scene.Log.WaitForAsync(Diagnostics.LogEventIds.ConnectionClosed).OrFail();
    }

    [Fact]
    public async Task Connection_TargetDoesNotRead_HoldsUpItsOwnClientOnly()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        await using IConnection stalled = await scene.DialAsync("db", 5432);
        await using IConnection? unread = await db.AcceptAsync().OrFail();
        Task writing = stalled.Stream.WriteAsync(new byte[64 << 20]).AsTask();

        await using IConnection client = await scene.DialAsync("db", 5432);
        await using IConnection? target = await db.AcceptAsync().OrFail();
        byte[] data = RandomBytes(1_000_000);
        Task sending = client.SendAndEndAsync(data);
        Assert.Equal(data, await target!.ReadToEndAsync().OrFail());
        await sending.OrFail();

        Assert.False(writing.IsCompleted);
        unread!.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.OrFail());
    }

    [Fact]
    public async Task Dial_FiveHundredAtOnce_ShareOneSession()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        Task serving = EchoAsync(db, 500);

        await Task.WhenAll(Enumerable.Range(0, 500).Select(async i =>
        {
            await using IConnection client = await scene.DialAsync("db", 5432);
            byte[] data = RandomBytes(10_000 + i);
            Task sending = client.SendAndEndAsync(data);
            Assert.Equal(data, await client.ReadToEndAsync());
            await sending;
        })).OrFail();

        await serving.OrFail();
        Assert.Equal(1, scene.Sessions);
    }

    [Fact]
    public async Task Dial_NotPermitted_IsForbiddenAndNotDialled()
    {
        await using SshScene scene = await SshScene.StartAsync(new() { PermitOpen = "db:5432" });
        await using IListener db = await scene.Network.ListenAsync(Db);
        await using IConnection client = await scene.DialAsync("db", 5432);

        foreach ((string host, int port) in new[] { ("db", 5433), ("other", 5432), ("", 5432) })
        {
            ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync(host, port));
            Assert.Equal(ForwardError.Forbidden, e.Error);
        }

        Assert.Equal([SshScene.Gate, Db], scene.Network.Dials);
    }

    [Fact]
    public async Task Dial_AgainstTheRules_IsForbiddenAndNotDialled()
    {
        await using SshScene scene = await SshScene.StartAsync(limits: new() { Blacklist = "tcp:db:*" });

        ForwardException e = await Assert.ThrowsAsync<ForwardException>(() => scene.DialAsync("db", 5432));

        Assert.Equal(ForwardError.Forbidden, e.Error);
        Assert.Equal([SshScene.Gate], scene.Network.Dials);
    }

    [Fact]
    public async Task Dial_ServerWasStartedAnew_BeginsAnotherSession()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        await using IConnection client = await scene.DialAsync("db", 5432);
        await scene.StopAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => WriteUntilItFailsAsync(client).OrFail());
        await scene.ServeAsync();

        await using IConnection again = await scene.DialAsync("db", 5432);

        Assert.Equal(2, scene.Sessions);
    }

    [Fact]
    public async Task Dial_ThroughTwoServers_GoesFromOneToTheOther()
    {
        await using SshScene scene = await SshScene.StartAsync();
        await using Forwarder inner = await scene.NewClient().Serve("socks5://inner:1080").BuildAndStartAsync();
        await using IListener db = await scene.Network.ListenAsync(Db);
        INetwork far = scene.NewChain().ViaSocks5("inner:1080").BuildNetwork();

        await using IConnection client = await far.Dialer.DialAsync(Db).OrFail();
        await using IConnection? target = await db.AcceptAsync().OrFail();
        await client.SendAndEndAsync([1, 2, 3]);

        Assert.Equal([1, 2, 3], await target!.ReadToEndAsync().OrFail());
        Assert.Equal([SshScene.Gate, new("inner", 1080), Db], scene.Network.Dials);
    }

    private static async Task EchoAsync(IListener listener, int count)
    {
        List<Task> answers = [];
        for (int i = 0; i < count; i++)
        {
            answers.Add(AnswerAsync((await listener.AcceptAsync())!));
        }

        await Task.WhenAll(answers);

        static async Task AnswerAsync(IConnection connection)
        {
            await using (connection)
            {
                await connection.SendAndEndAsync(await connection.ReadToEndAsync());
            }
        }
    }

    private static async Task WriteUntilItFailsAsync(IConnection connection)
    {
        while (true)
        {
            await connection.Stream.WriteAsync(new byte[1000]);
            await Task.Yield();
        }
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
