using GostNet.Ssh.Sessions;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

public class SshChannelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HalfClose_ByEitherEnd_LetsTheOtherGoOn(bool byClient)
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        (IConnection first, IConnection second) = byClient ? (client, server) : (server, client);
        byte[] question = TestData.Random(1, 100_000);
        byte[] answer = TestData.Random(2, 3_000_000);
        await first.SendAndEndAsync(question).OrFail();
        Assert.Equal(question, await second.ReadToEndAsync().OrFail());
        Task sending = second.SendAndEndAsync(answer);
        Assert.Equal(answer, await first.ReadToEndAsync().OrFail());
        await sending.OrFail();
        await Assert.ThrowsAnyAsync<IOException>(() => first.Stream.WriteAsync(new byte[1]).OrFail());
        await AssertNoChannelsAsync(pair); // both directions have ended, and were read to the end
    }

    [Fact]
    public async Task Abort_InTheMiddle_FailsThePeerBehindWhatHadCome()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await client.Stream.WriteAsync(new byte[1000]);
        client.Abort();
        Assert.Equal(1000, (await server.ReadAsync(1000).OrFail()).Length);
        IOException e = await Assert.ThrowsAnyAsync<IOException>(() => server.Stream.ReadAsync(new byte[1]).OrFail());
        Assert.Contains("aborted", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => server.Stream.WriteAsync(new byte[1]).OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
        await server.CompleteWritesAsync().OrFail(); // is not needed, and does no harm
        await AssertNoChannelsAsync(pair);
    }

    [Fact]
    public async Task Abort_WhileThePeerReads_FailsTheRead()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Task<int> reading = server.Stream.ReadAsync(new byte[1]).AsTask();

        client.Abort();

        await Assert.ThrowsAnyAsync<IOException>(() => reading.OrFail());
        await AssertNoChannelsAsync(pair);
    }

    [Fact]
    public async Task Dispose_WithoutAnEnd_SendsIt()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        await client.Stream.WriteAsync(new byte[1000]);
        await client.DisposeAsync();
        Assert.Equal(1000, (await server.ReadToEndAsync().OrFail()).Length);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.Stream.ReadAsync(new byte[1]).OrFail());
        await server.DisposeAsync();
        await AssertNoChannelsAsync(pair);
    }

    [Fact]
    public async Task Write_BeyondTheWindow_WaitsForTheReader()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Task writing = client.Stream.WriteAsync(new byte[3 * 1024 * 1024]).AsTask();
        await server.ReadAsync(1024 * 1024).OrFail();
        Assert.False(writing.IsCompleted && ((SshChannel)server).Held > 2 * 1024 * 1024);
        Task<byte[]> reading = server.ReadAsync(2 * 1024 * 1024);
        await writing.OrFail();
        await reading.OrFail();
    }

    [Fact]
    public async Task Write_Cancelled_LeavesTheChannelUsable()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        using CancellationTokenSource cancel = new();
        Task writing = client.Stream.WriteAsync(new byte[3 * 1024 * 1024], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.OrFail());
        Task ending = client.SendAndEndAsync([1, 2, 3]);
        byte[] all = await server.ReadToEndAsync().OrFail();
        Assert.Equal([1, 2, 3], all[^3..]);
        await ending.OrFail();
    }

    [Fact]
    public async Task Read_Cancelled_CanBeRepeated()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        using CancellationTokenSource cancel = new();
        Task<int> reading = server.Stream.ReadAsync(new byte[10], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.OrFail());
        Task<int> waiting = server.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await client.Stream.WriteAsync(new byte[] { 5 });
        Assert.Equal(0, await waiting.OrFail());
        Assert.Equal([5], await server.ReadAsync(1).OrFail());
    }

    [Fact]
    public async Task Reader_ThatStandsStill_HoldsNobodyElse()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection slow, IConnection slowServer) = await pair.OpenAsync();
        Task stuck = slow.Stream.WriteAsync(new byte[3 * 1024 * 1024]).AsTask();
        (IConnection fast, IConnection fastServer) = await pair.OpenAsync();
        byte[] data = TestData.Random(1, 5_000_000);
        Task sending = fast.SendAndEndAsync(data);
        Assert.Equal(data, await fastServer.ReadToEndAsync().OrFail());
        await sending.OrFail();
        Assert.False(stuck.IsCompleted);
        Assert.InRange(((SshChannel)slowServer).Held, 0, 2 * 1024 * 1024);
        slow.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => stuck.OrFail());
    }

    [Fact]
    public async Task Open_Refused_SaysWhy()
    {
        await using SshPair pair = await SshPair.StartAsync();
        pair.ServerHandler.OnOpen = opening => opening.Refuse(ChannelOpenFailure.ConnectFailed, "nobody\u001b is there");
        ChannelRefusedException error = await Assert.ThrowsAsync<ChannelRefusedException>(() => pair.OpenAsync());
        Assert.Equal(ChannelOpenFailure.ConnectFailed, error.Failure);
        Assert.Equal("nobody\\x1b is there", error.Text);
        await AssertNoChannelsAsync(pair);
    }

    [Fact]
    public async Task Open_GivenUp_IsClosedOnceItIsConfirmed()
    {
        await using SshPair pair = await SshPair.StartAsync();
        TaskCompletionSource<ChannelOpening> opened = new();
        pair.ServerHandler.OnOpen = opened.SetResult;
        using CancellationTokenSource cancel = new();
        Task opening = pair.Client.OpenChannelAsync("test", default, cancel.Token).AsTask();
        ChannelOpening asked = await opened.Task.OrFail();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.OrFail());
        IConnection channel = asked.Accept()!;
        await Assert.ThrowsAnyAsync<IOException>(() => channel.Stream.ReadAsync(new byte[1]).OrFail());
        await AssertNoChannelsAsync(pair);
    }

    [Fact]
    public async Task Open_WithData_HandsItOn()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (string Type, byte[] Data) seen = default;
        pair.ServerHandler.OnOpen = opening =>
        {
            seen = (opening.Type, opening.Data.ToArray());
            opening.Accept();
        };
        await pair.Client.OpenChannelAsync("direct-tcpip", new byte[] { 1, 2, 3 }, CancellationToken.None).OrFail();
        Assert.Equal("direct-tcpip", seen.Type);
        Assert.Equal([1, 2, 3], seen.Data);
    }

    [Fact]
    public async Task Open_ByTheServer_ReachesTheClient()
    {
        await using SshPair pair = await SshPair.StartAsync();
        IConnection server = await pair.Server.OpenChannelAsync("forwarded-tcpip", default, CancellationToken.None).OrFail();
        IConnection client = await pair.ClientHandler.AcceptAsync();
        await server.SendAndEndAsync([9]);
        Assert.Equal([9], await client.ReadToEndAsync().OrFail());
    }

    [Fact]
    public async Task Request_Done_HandsTheAnswerOnBeforeWhatFollows()
    {
        await using SshPair pair = await SshPair.StartAsync();
        List<string> order = [];
        pair.ServerHandler.OnRequest = request =>
        {
            request.Answer(isDone: true, [0, 0, 0, 80]);
            _ = pair.Server.OpenChannelAsync("forwarded-tcpip", default, CancellationToken.None).AsTask();
        };
        TaskCompletionSource opened = new();
        pair.ClientHandler.OnOpen = opening =>
        {
            order.Add("open");
            opening.Accept();
            opened.SetResult();
        };
        Assert.True(await pair.Client.RequestAsync(
            "tcpip-forward", default, data => order.Add($"answer {data.Span[3]}"), CancellationToken.None).OrFail());
        await opened.Task.OrFail();
        Assert.Equal(["answer 80", "open"], order);
    }

    [Fact]
    public async Task Notify_WantsNoAnswer()
    {
        await using SshPair pair = await SshPair.StartAsync();
        TaskCompletionSource<GlobalRequest> seen = new();
        pair.ServerHandler.OnRequest = seen.SetResult;
        pair.Client.Notify("cancel-tcpip-forward", new byte[] { 4 });
        GlobalRequest request = await seen.Task.OrFail();
        Assert.False(request.WantsReply);
        Assert.Equal("cancel-tcpip-forward", request.Name);
        Assert.Equal([4], request.Data.ToArray());
    }

    [Fact]
    public async Task Windows_OfManyChannels_KeepToTheBudget()
    {
        await using SshPair pair = await SshPair.StartAsync();
        List<IConnection> channels = [];
        for (int i = 0; i < 40; i++)
        {
            channels.Add((await pair.OpenAsync()).Server);
        }

        Assert.Equal(32, channels.Count(channel => ((SshChannel)channel).WindowSize == 2 * 1024 * 1024));
        Assert.Equal(8, channels.Count(channel => ((SshChannel)channel).WindowSize == 256 * 1024));
        await channels[0].DisposeAsync();
        await channels[1].DisposeAsync();
        Assert.Equal(2 * 1024 * 1024, ((SshChannel)(await pair.OpenAsync()).Server).WindowSize);
    }

    [Fact]
    public async Task Carrier_Reset_FailsEveryChannel()
    {
        await using SshPair pair = await SshPair.StartAsync();
        (IConnection client, IConnection server) = await pair.OpenAsync();
        Task<int> reading = client.Stream.ReadAsync(new byte[1]).AsTask();
        pair.Server.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => reading.OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => server.Stream.ReadAsync(new byte[1]).OrFail());
        await Assert.ThrowsAnyAsync<IOException>(() => pair.OpenAsync());
        await pair.Client.Completion.OrFail();
        Assert.NotNull(pair.Client.Error);
        Assert.False(pair.Client.CanOpen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carrier_InPieces_CarriesTheSame(bool isSingleBytes)
    {
        await using SshPair pair = await SshPair.StartAsync(wrap: isSingleBytes ? ChoppyConnection.Bytes : ChoppyConnection.Random(5));
        (IConnection client, IConnection server) = await pair.OpenAsync();
        byte[] data = TestData.Random(1, isSingleBytes ? 20_000 : 2_000_000);
        Task sending = client.SendAndEndAsync(data);
        Assert.Equal(data, await server.ReadToEndAsync().OrFail());
        await sending.OrFail();
    }

    [Fact]
    public async Task Channels_FiveHundredAtOnce_CarryTheirOwn()
    {
        await using SshPair pair = await SshPair.StartAsync();
        List<(IConnection Client, IConnection Server)> channels = [];
        for (int i = 0; i < 500; i++)
        {
            channels.Add(await pair.OpenAsync());
        }

        await Task.WhenAll(channels.Select(async (channel, i) =>
        {
            byte[] data = TestData.Random(i, 50_000 + i);
            Task sending = channel.Client.SendAndEndAsync(data);
            Assert.Equal(data, await channel.Server.ReadToEndAsync());
            await sending;
            await channel.Server.SendAndEndAsync(data);
            Assert.Equal(data, await channel.Client.ReadToEndAsync());
        })).OrFail();
        await AssertNoChannelsAsync(pair);
    }

    [Fact]
    public async Task Channels_AHundredThousandInTurn_LeaveNothing()
    {
        await using SshPair pair = await SshPair.StartAsync();
        pair.ServerHandler.OnOpen = opening => opening.Accept()!.Stream.Dispose();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 2000; i++)
            {
                IConnection channel = await pair.Client.OpenChannelAsync("test", default, CancellationToken.None);
                await channel.DisposeAsync();
            }
        }))).WaitAsync(TimeSpan.FromMinutes(3));
        await AssertNoChannelsAsync(pair);
        Assert.InRange(pair.Client.NumbersInUse, 0, 0);
        Assert.InRange(pair.Server.NumbersInUse, 0, 0);
    }

    private static async Task AssertNoChannelsAsync(SshPair pair)
    {
        // Each answer comes behind everything that the other side had to say before.
        for (int i = 0; i < 2; i++)
        {
            await pair.Client.RequestAsync("anything", default, null, CancellationToken.None).OrFail();
            await pair.Server.RequestAsync("anything", default, null, CancellationToken.None).OrFail();
        }

        Assert.Equal((0, 0), (pair.Client.ChannelCount, pair.Server.ChannelCount));
    }
}
