using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Building;

/// <summary>Many channels of one connection at once.</summary>
public sealed class SshLoadTests
{
    [Theory]
    [InlineData("local")]
    [InlineData("remote")]
    [InlineData("tunnel")]
    public async Task FiveHundredChannels_AtOnce_AllCarryTheirOwn(string kind)
    {
        bool isRemote = kind == "remote";
        const int Count = 500;
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        if (kind == "tunnel")
        {
            await scene.StartAsync(scene.Builder().Serve($"ssh://alice:secret@gw:22?ssh_key={scene.Folder.CopyKey("id_ed25519")}"));
        }
        else
        {
            await scene.ServeAsync();
        }

        ForwardBuilder builder = kind == "tunnel"
            ? scene.Builder().Via($"socks5+ssh://alice:secret@gw:22?host_key={SshScene.Pin}")
            : scene.Builder().ViaSsh("gw", SshScene.ClientOptions());
        await (isRemote
            ? scene.StartRemoteAsync(builder.RemoteTcp(":8080", SshScene.Target.ToString()))
            : scene.StartAsync(builder.LocalTcp("front:1", SshScene.Target.ToString())));
        Task echoing = EchoAsync(target, Count);

        // None ends before all are there.
        var arrived = new CountdownEvent(Count);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            await using IConnection client = await scene.DialAsync(isRemote ? "127.0.0.1:8080" : "front:1");
            byte[] data = new byte[2000];
            new Random(i).NextBytes(data);
            await client.Stream.WriteAsync(data);
            Assert.Equal(data, await client.ReadAsync(data.Length));
            if (arrived.Signal())
            {
                all.SetResult();
            }

            await all.Task.OrFail();
            await client.SendAndEndAsync(data);
            Assert.Equal(data, await client.ReadToEndAsync());
        })).OrFail();

        await echoing.OrFail();
        Assert.Equal(1, scene.SessionsSoFar);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Rekeying_EverySixtyFourKilobytesUnderLoad_LosesNothing(bool byClient, bool byServer)
    {
        const int Count = 4;
        byte[] data = new byte[2 << 20];
        new Random(1).NextBytes(data);
        await using var scene = new SshScene();
        await using IListener target = await scene.ListenAsync(SshScene.Target);
        SshServerOptions server = scene.ServerOptions();
        SshClientOptions client = SshScene.ClientOptions();
        server.Algorithms.RekeyBytes = byServer ? 64 * 1024 : server.Algorithms.RekeyBytes;
        client.Algorithms.RekeyBytes = byClient ? 64 * 1024 : client.Algorithms.RekeyBytes;
        await scene.ServeAsync(server);
        IDialer dialer = scene.Builder().ViaSsh("gw", client).BuildDialer();
        Task echoing = EchoAsync(target, Count);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ =>
        {
            await using IConnection connection = await dialer.DialAsync(SshScene.Target);
            Task sending = connection.SendAndEndAsync(data);
            Assert.Equal(data, await connection.ReadToEndAsync());
            await sending;
        })).OrFail();

        await echoing.OrFail();
        Assert.Equal(1, scene.SessionsSoFar);
    }

    private static async Task EchoAsync(IListener listener, int count)
    {
        var tasks = new List<Task>();
        for (int i = 0; i < count; i++)
        {
            IConnection accepted = (await listener.AcceptAsync())!;
            tasks.Add(Task.Run(async () =>
            {
                await using (accepted)
                {
                    await accepted.Stream.CopyToAsync(accepted.Stream);
                    await accepted.CompleteWritesAsync();
                }
            }));
        }

        await Task.WhenAll(tasks);
    }
}
