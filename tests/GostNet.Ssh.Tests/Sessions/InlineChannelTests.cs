using GostNet.Ssh.Sessions;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>Channels whose users go on on the connection's own threads.</summary>
public class InlineChannelTests
{
    [Fact]
    public async Task Abort_WhileSomebodyReads_LetsHimGoOnAtOnce()
    {
        await using SshPair pair = await StartAsync();
        (IConnection client, _) = await pair.OpenAsync();
        Task reading = ReadAsync(client.Stream);
        client.Abort();
        Assert.True(reading.IsFaulted);
        await Assert.ThrowsAnyAsync<IOException>(() => reading);

        static async Task ReadAsync(Stream stream) => await stream.ReadAsync(new byte[1]).ConfigureAwait(false);
    }

    [Fact]
    public async Task Echo_OverManyChannels_ComesBackWhole()
    {
        await using SshPair pair = await StartAsync();
        List<Task> all = [];
        for (int i = 0; i < 32; i++)
        {
            (IConnection client, IConnection server) = await pair.OpenAsync();
            all.Add(EchoAsync(server));
            all.Add(AskAsync(client, TestData.Random(i, 1_000_000)));
        }

        await Task.WhenAll(all).OrFail();

        static async Task AskAsync(IConnection connection, byte[] question)
        {
            Task sending = connection.SendAndEndAsync(question);
            Assert.Equal(question, await connection.ReadToEndAsync().ConfigureAwait(false));
            await sending.ConfigureAwait(false);
        }
    }

    [Fact]
    public async Task Dispose_OfTheConnection_EndsWhoReadsAndWhoWrites()
    {
        await using SshPair pair = await StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Task writing = client.Stream.WriteAsync(new byte[5_000_000]).AsTask(); // more than the window
        Task<int> reading = client.Stream.ReadAsync(new byte[1]).AsTask();
        pair.Server.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => server.Stream.WriteAsync(new byte[1]).OrFail());
    }

    private static Task<SshPair> StartAsync() => SshPair.StartAsync(
        SshPair.ClientSettings with { RunsInline = true }, SshPair.ServerSettings with { RunsInline = true });

    private static async Task EchoAsync(IConnection connection)
    {
        byte[] buffer = new byte[10_000];
        while (await connection.Stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
        {
            await connection.Stream.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
        }

        await connection.CompleteWritesAsync().ConfigureAwait(false);
    }
}
