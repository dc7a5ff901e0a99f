using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

public class RekeyTests
{
    [Theory]
    [InlineData(true, false, "aes128-gcm@openssh.com")]
    [InlineData(false, true, "chacha20-poly1305@openssh.com")]
    [InlineData(true, true, "aes256-ctr")]
    public async Task Rekey_EveryFourPackets_LosesNothing(bool byClient, bool byServer, string cipher)
    {
        await using SshPair pair = await SshPair.StartAsync(
            SshPair.ClientSettings with
            {
                RekeyPackets = byClient ? 4 : long.MaxValue,
                MaxIdleExchanges = int.MaxValue,
                Algorithms = SshPair.ClientSettings.Algorithms with { Ciphers = [cipher] },
            },
            SshPair.ServerSettings with { RekeyPackets = byServer ? 4 : long.MaxValue, MaxIdleExchanges = int.MaxValue },
            ChoppyConnection.Random(3));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            (IConnection Client, IConnection Server) channel;
            lock (pair)
            {
                channel = pair.OpenAsync().GetAwaiter().GetResult();
            }

            byte[] data = TestData.Random(i, 400_000 + i);
            Task echo = Task.Run(async () =>
            {
                await channel.Server.Stream.CopyToAsync(channel.Server.Stream);
                await channel.Server.CompleteWritesAsync();
            });
            Task sending = channel.Client.SendAndEndAsync(data);
            Assert.Equal(data, await channel.Client.ReadToEndAsync().OrFail());
            await Task.WhenAll(echo, sending).OrFail();
        })).OrFail();
        Assert.InRange(pair.Client.Exchanges, 10, int.MaxValue);
        Assert.Null(pair.Client.Error);
        Assert.Null(pair.Server.Error);
    }

    [Fact]
    public async Task Rekey_AfterSoManyBytes_Happens()
    {
        await using SshPair pair = await SshPair.StartAsync(SshPair.ClientSettings with { RekeyBytes = 256 * 1024 });
        (IConnection client, IConnection server) = await pair.OpenAsync();
        byte[] data = TestData.Random(1, 1024 * 1024);
        Task sending = client.SendAndEndAsync(data);
        Assert.Equal(data, await server.ReadToEndAsync().OrFail());
        await sending.OrFail();
        Assert.InRange(pair.Server.Exchanges, 3, 6);
    }

    [Fact]
    public async Task Rekey_AfterSuchATime_Happens()
    {
        ManualTimeProvider clock = new();
        await using SshPair pair = await SshPair.StartAsync(
            SshPair.ClientSettings with { Time = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        clock.Advance(TimeSpan.FromMinutes(59));
        await RoundTripAsync(pair);
        Assert.Equal(1, pair.Server.Exchanges);
        clock.Advance(TimeSpan.FromMinutes(1));
        await RoundTripAsync(pair);
        await RoundTripAsync(pair);
        Assert.Equal(2, pair.Server.Exchanges);
    }

    [Fact]
    public async Task Rekey_NotAnsweredInTime_EndsTheConnection()
    {
        ManualTimeProvider clock = new();
        SshClientSettings settings = SshPair.ClientSettings with { Time = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan };
        await using SshPeer peer = await SshPeer.StartServerAsync(settings);
        SshConnection client = await peer.LogInAsync();
        client.BeginExchangeIfDue();
        client.Flush();
        Assert.Equal(MessageNumber.KexInit, (await peer.ReceiveAsync())[0]);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(client.Completion.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        await client.Completion.OrFail();
        Assert.Equal(ForwardError.TimedOut, Assert.IsType<SshException>(client.Error).Error);
        await client.DisposeAsync();
    }

    private static async Task RoundTripAsync(SshPair pair) =>
        Assert.False(await pair.Client.RequestAsync("anything", default, null, CancellationToken.None).OrFail());
}
