using GostNet.Diagnostics;
using GostNet.Ssh.Sessions;
using GostNet.Testing;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>What breaks comes back, and what ends leaves nothing, by a clock that the test moves.</summary>
public sealed class SshRecoveryTests
{
    private const string Front = "front:1";
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task RemoteTcp_AtATakenPort_IsAskedForAgainOverTheSameSession()
    {
        await using var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        IListener taken = await scene.ListenAsync(new("127.0.0.1", 8080));
        await scene.ServeAsync();
        Forwarder client = await scene.StartAsync(
            scene.Builder().RemoteTcp(":8080", SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));

        await PassBackOffAsync(scene, 1, atMost: 1);
        await PassBackOffAsync(scene, 2, atMost: 2);
        await scene.Log.WaitForAsync(LogEventIds.FarEndLost, 3).OrFail();
        Assert.Contains("does not listen at port 8080", client.Forwards[0].Error!.Message, StringComparison.Ordinal);
        await taken.DisposeAsync();
        await PassBackOffAsync(scene, 3, atMost: 4);

        await client.Forwards[0].WaitUntilListeningAsync().OrFail();
        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);
        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Fact]
    public async Task Session_ThatIsCut_IsMadeAnewWithItsPorts()
    {
        await using var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        Forwarder client = await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp(":8080", SshScene.Target.ToString()).LocalTcp(Front, SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));
        await using IConnection open = await scene.DialAsync("127.0.0.1:8080");
        await using IConnection accepted = (await target.AcceptAsync().OrFail())!;

        scene.Recorded.Connections.Single(c => c.RemoteEndPoint is HostEndPoint { Host: "gw" }).Abort();

        // What went over it is broken, at both ends.
        await Assert.ThrowsAnyAsync<IOException>(() => open.ReadToEndAsync().OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => accepted.ReadToEndAsync().OrFail());
        for (int lost = 1; client.Forwards[0].State != ForwardState.Listening || lost == 1; lost++)
        {
            await PassBackOffAsync(scene, lost, atMost: 6); // the server may have let the port go by now, or not yet
            await Task.WhenAny(
                client.Forwards[0].WaitUntilListeningAsync(), scene.Log.WaitForAsync(LogEventIds.FarEndLost, lost + 1)).OrFail();
        }

        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);
        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        Assert.Equal(2, scene.SessionsSoFar);
    }

    [Fact]
    public async Task LocalTcp_OverASessionThatDiedUnnoticed_GoesOverAnother()
    {
        await using var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        Forwarder first = await scene.ServeAsync();
        await scene.StartAsync(scene.Builder().LocalTcp(Front, SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));
        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);

        await first.DisposeAsync().OrFail();
        await scene.ServeAsync();

        await SshScene.ExchangeAsync(await scene.DialAsync(Front), target);
        Assert.Equal(2, scene.SessionsSoFar);
    }

    [Fact]
    public async Task KeepAlive_OfASilentServer_FindsItAndListensElsewhere()
    {
        await using var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        var network = new SilentNetwork(scene.Recorded);
        SshClientOptions options = SshScene.ClientOptions();
        (options.KeepAliveInterval, options.KeepAliveMisses) = (TimeSpan.FromSeconds(10), 2);
        Forwarder client = await scene.StartRemoteAsync(
            scene.Builder().UseNetwork(network).RemoteTcp(":8080", SshScene.Target.ToString()).ViaSsh("gw", options));

        for (int i = 0; i < 6; i++)
        {
            _time.Advance(options.KeepAliveInterval); // whoever is asked and answers lives
            await scene.Log.WaitForAsync(SessionsLog.EstablishedId).OrFail();
        }

        network.IsSilent = true;
        while (client.Forwards[0].State == ForwardState.Listening)
        {
            _time.Advance(options.KeepAliveInterval);
            await Task.Yield();
        }

        LogEntry lost = await scene.Log.WaitForAsync(LogEventIds.FarEndLost).OrFail();
        Assert.Contains("The SSH peer has sent nothing for 30 s", lost.Message, StringComparison.Ordinal);
        network.IsSilent = false;
        for (int count = 1; client.Forwards[0].State != ForwardState.Listening; count++)
        {
            await PassBackOffAsync(scene, count, atMost: 6);
            await Task.WhenAny(
                client.Forwards[0].WaitUntilListeningAsync(), scene.Log.WaitForAsync(LogEventIds.FarEndLost, count + 1)).OrFail();
        }

        await SshScene.ExchangeAsync(await scene.DialAsync("127.0.0.1:8080"), target);
    }

    [Fact]
    public async Task Session_ThatNobodyUses_IsClosedAfterAMinute()
    {
        await using var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        IDialer dialer = scene.Builder().ViaSsh("gw", SshScene.ClientOptions()).BuildDialer();
        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        InMemoryConnection carrier = scene.Recorded.Connections.Single(c => c.RemoteEndPoint is HostEndPoint { Host: "gw" });

        while (!carrier.Closed.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await SshScene.ExchangeAsync(await dialer.DialAsync(SshScene.Target).OrFail(), target);
        Assert.Equal(2, scene.SessionsSoFar);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_OfEitherEndFirst_LeavesNothing(bool isClientFirst)
    {
        var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        Forwarder server = await scene.ServeAsync();
        Forwarder client = await scene.StartRemoteAsync(scene.Builder()
            .RemoteTcp(":8080", SshScene.Target.ToString()).LocalTcp(Front, SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));
        await using IConnection remote = await scene.DialAsync("127.0.0.1:8080");
        await using IConnection acceptedRemote = (await target.AcceptAsync().OrFail())!;
        await using IConnection local = await scene.DialAsync(Front);
        await using IConnection acceptedLocal = (await target.AcceptAsync().OrFail())!;

        await (isClientFirst ? client : server).DisposeAsync().OrFail();
        await (isClientFirst ? server : client).DisposeAsync().OrFail();

        await scene.Recorded.AssertAllClosedAsync();
        Assert.Equal(0, _time.ArmedTimers);
        foreach (IConnection end in new[] { remote, acceptedRemote, local, acceptedLocal })
        {
            await Assert.ThrowsAnyAsync<IOException>(() => end.ReadToEndAsync().OrFail());
        }

        await using IListener free = await scene.ListenAsync(new("127.0.0.1", 8080));
        await scene.DisposeAsync();
    }

    [Fact]
    public async Task Stop_OfAClient_DeliversWhatIsOnItsWay()
    {
        await using var scene = new SshScene(_time);
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        await scene.ServeAsync();
        Forwarder client = await scene.StartAsync(
            scene.Builder().LocalTcp(Front, SshScene.Target.ToString()).ViaSsh("gw", SshScene.ClientOptions()));
        await using IConnection near = await scene.DialAsync(Front);
        await using IConnection far = (await target.AcceptAsync().OrFail())!;
        byte[] data = new byte[300_000];
        new Random(1).NextBytes(data);

        Task sending = near.SendAndEndAsync(data);
        Task stopping = client.StopAsync();
        Assert.Equal(data, await far.ReadToEndAsync().OrFail());
        await far.SendAndEndAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await near.ReadToEndAsync().OrFail());

        await sending.OrFail();
        await stopping.OrFail();
    }

    /// <summary>Waits until the far end was lost so often, and lets the pause behind that pass.</summary>
    private async Task PassBackOffAsync(SshScene scene, int count, double atMost)
    {
        LogEntry entry = await scene.Log.WaitForAsync(LogEventIds.FarEndLost, count).OrFail();
        double pause = (double)entry.Values["Seconds"]!;
        Assert.InRange(pause, 0.1, atMost);
        _time.Advance(TimeSpan.FromSeconds(pause));
    }
}
