using GostNet.Ssh.Sessions;
using GostNet.Ssh.Wire;
using GostNet.Tests.Shared;

namespace GostNet.Ssh.Tests.Sessions;

/// <summary>What a peer must not do with channels and requests, or may in vain (ssh, section 7).</summary>
public class HostileChannelTests
{
    public static TheoryData<string> Drops => [.. Hostile.Keys];

    private static Dictionary<string, Func<SshPeer, IEnumerable<SshWriter>>> Hostile { get; } = new()
    {
        ["data for a channel that never was"] = _ => [Data(99, 1)],
        ["data for channel 2^32-1"] = _ => [Data(uint.MaxValue, 1)],
        ["EOF for a channel that never was"] = _ => [Of(MessageNumber.ChannelEof, 7)],
        ["CLOSE for a channel that never was"] = _ => [Of(MessageNumber.ChannelClose, 7)],
        ["request for a channel that never was"] = _ => [Of(MessageNumber.ChannelRequest, 7).Text("x").Boolean(true)],
        ["EOF twice"] = _ => [Of(MessageNumber.ChannelEof, 0), Of(MessageNumber.ChannelEof, 0)],
        ["data after EOF"] = _ => [Of(MessageNumber.ChannelEof, 0), Data(0, 1)],
        ["CLOSE twice"] = _ => [Of(MessageNumber.ChannelClose, 0), Of(MessageNumber.ChannelClose, 0)],
        ["data over the window"] = _ => [.. Enumerable.Range(0, 65).Select(_ => Data(0, 32 * 1024))],
        ["data of 2^32-1 bytes"] = _ => [Of(MessageNumber.ChannelData, 0).UInt32(uint.MaxValue)],
        ["data longer than the packet"] = _ => [Data(0, (32 * 1024) + 1)],
        ["data without a length"] = _ => [Of(MessageNumber.ChannelData, 0)],
        ["an adjust beyond the largest window"] = _ => [Of(MessageNumber.ChannelWindowAdjust, 0).UInt32(uint.MaxValue)],
        ["an adjust cut short"] = _ => [Of(MessageNumber.ChannelWindowAdjust, 0)],
        ["confirmation of what is open"] = _ => [Of(MessageNumber.ChannelOpenConfirmation, 0).UInt32(0).UInt32(0).UInt32(32768)],
        ["failure of what is open"] = _ => [Of(MessageNumber.ChannelOpenFailure, 0).UInt32(1).Text("").Text("")],
        ["an open cut short"] = _ => [SshWriter.Message(MessageNumber.ChannelOpen).Text("direct-tcpip").UInt32(1)],
        ["a request cut short"] = _ => [SshWriter.Message(MessageNumber.GlobalRequest)],
        ["17 answers to nothing"] = _ => [.. Enumerable.Repeat(SshWriter.Message(MessageNumber.RequestFailure), 17)],
    };

    [Theory]
    [MemberData(nameof(Drops))]
    public async Task Peer_WithAnOpenChannelThatSends_IsDropped(string what)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await OpenAsync(peer);
        foreach (SshWriter message in Hostile[what](peer))
        {
            await peer.SendAsync(message);
        }

        await peer.AssertDroppedAsync(DisconnectReason.ProtocolError);
    }

    [Fact]
    public async Task Harmless_Messages_ArePassedOver()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await OpenAsync(peer);
        IConnection channel = await peer.Handler.AcceptAsync();
        await peer.SendAsync(Of(MessageNumber.ChannelWindowAdjust, 0).UInt32(0));
        await peer.SendAsync(Of(MessageNumber.ChannelWindowAdjust, 99).UInt32(5));
        await peer.SendAsync(Of(MessageNumber.ChannelRequest, 0).Text("eow@openssh.com").Boolean(false));
        await peer.SendAsync(SshWriter.Message(MessageNumber.RequestSuccess));
        await peer.SendAsync(SshWriter.Message(MessageNumber.Debug).Boolean(true).Text("hello").Text(""));
        await peer.SendAsync(Of(MessageNumber.ChannelRequest, 0).Text("shell").Boolean(true));
        Assert.Equal(MessageNumber.ChannelFailure, (await peer.ReceiveAsync())[0]);
        foreach (string name in (string[])["keepalive@openssh.com", "ping", "unknown"])
        {
            await peer.SendAsync(SshWriter.Message(MessageNumber.GlobalRequest).Text(name).Boolean(true));
            Assert.Equal(MessageNumber.RequestFailure, (await peer.ReceiveAsync())[0]);
        }

        channel.Abort();
        Assert.Equal(MessageNumber.ChannelClose, (await peer.ReceiveAsync())[0]); // and no EOF
        await peer.SendAsync(Data(0, 5));
        await peer.SendAsync(Of(MessageNumber.ChannelEof, 0));
        await peer.SendAsync(Of(MessageNumber.ChannelClose, 0));
        await AssertLivesAsync(peer);
    }

    [Theory]
    [InlineData(0u, 1u)]
    [InlineData(8u, 1u)]
    public async Task Open_WithAPacketTooSmall_IsRefused(uint maxPacket, uint reason)
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await peer.SendAsync(Open(3, 0, maxPacket));
        await AssertRefusedAsync(peer, 3, reason);
    }

    [Fact]
    public async Task Open_WithTheLargestNumbers_SendsNoMoreThanAPacket()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await peer.SendAsync(Open(uint.MaxValue, uint.MaxValue, uint.MaxValue));
        Assert.Equal(MessageNumber.ChannelOpenConfirmation, (await peer.ReceiveAsync())[0]);
        IConnection channel = await peer.Handler.AcceptAsync();
        await channel.Stream.WriteAsync(new byte[100_000]).OrFail();
        Assert.Equal(9 + (32 * 1024), (await peer.ReceiveAsync()).Length);
    }

    [Fact]
    public async Task Open_ATypeThatIsTooLong_IsRefused()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await peer.SendAsync(SshWriter.Message(MessageNumber.ChannelOpen).Text(new string('x', 30_000)).UInt32(4).UInt32(0).UInt32(32768));
        await AssertRefusedAsync(peer, 4, 3);
    }

    [Fact]
    public async Task Open_WithMoreThanBelongsToIt_IsRefused()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await peer.SendAsync(Open(4, 0, 32768).Bytes(new byte[4097]));
        await AssertRefusedAsync(peer, 4, 1);
        await peer.SendAsync(Open(4, 0, 32768).Bytes(new byte[4096]));
        Assert.Equal(MessageNumber.ChannelOpenConfirmation, (await peer.ReceiveAsync())[0]);
    }

    [Fact]
    public async Task Open_OneMoreThanThereMayBe_IsRefusedUntilOneIsClosed()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        SshConnection server = await peer.LogInAsync();
        for (uint i = 0; i < 1024; i++)
        {
            await peer.SendAsync(Open(i, 0, 32768));
            Assert.Equal(MessageNumber.ChannelOpenConfirmation, (await peer.ReceiveAsync())[0]);
        }

        Assert.Equal(1024, server.ChannelCount);
        await peer.SendAsync(Open(2000, 0, 32768));
        await AssertRefusedAsync(peer, 2000, 4);
        await peer.SendAsync(Of(MessageNumber.ChannelClose, 5));
        Assert.Equal(MessageNumber.ChannelClose, (await peer.ReceiveAsync())[0]);
        IConnection channel = null!;
        for (int i = 0; i <= 5; i++)
        {
            channel = await peer.Handler.AcceptAsync();
        }

        Assert.Equal(0, await channel.Stream.ReadAsync(new byte[1]).OrFail());
        await peer.SendAsync(Open(2001, 0, 32768));
        Assert.Equal(MessageNumber.ChannelOpenConfirmation, (await peer.ReceiveAsync())[0]);
    }

    [Fact]
    public async Task Open_WithoutAnAnswerOfOurs_IsLimited()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        peer.Handler.OnOpen = _ => { };
        for (uint i = 0; i < 1025; i++)
        {
            await peer.SendAsync(Open(i, 0, 32768));
        }

        await AssertRefusedAsync(peer, 1024, 4);
    }

    [Fact]
    public async Task ExtendedData_AFlood_IsCredited()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        await OpenAsync(peer);
        for (int i = 0; i < 200; i++)
        {
            await peer.SendAsync(Of(MessageNumber.ChannelExtendedData, 0).UInt32(1).String(new byte[32 * 1024]));
            if (i % 3 == 2)
            {
                byte[] adjust = await peer.ReceiveAsync(MessageNumber.ChannelWindowAdjust);
                Assert.Equal(Of(MessageNumber.ChannelWindowAdjust, 1).UInt32(96 * 1024).ToArray(), adjust);
            }
        }

        await AssertLivesAsync(peer);
    }

    [Fact]
    public async Task Requests_MoreThanAreInHand_AreAnsweredInOrder()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        List<GlobalRequest> requests = [];
        peer.Handler.OnRequest = requests.Add;
        for (int i = 0; i < 100; i++)
        {
            await peer.SendAsync(SshWriter.Message(MessageNumber.GlobalRequest).Text("tcpip-forward").Boolean(true).UInt32((uint)i));
        }

        await peer.SendAsync([200]); // once this is answered all of them were taken
        Assert.Equal(MessageNumber.Unimplemented, (await peer.ReceiveAsync())[0]);
        Assert.Equal(64, requests.Count);
        foreach (GlobalRequest request in requests.AsEnumerable().Reverse())
        {
            request.Answer(isDone: true, request.Data.Span);
        }

        for (int i = 0; i < 100; i++)
        {
            byte[] expected = i < 64
                ? SshWriter.Message(MessageNumber.RequestSuccess).UInt32((uint)i).ToArray()
                : [MessageNumber.RequestFailure];
            Assert.Equal(expected, await peer.ReceiveAsync());
        }
    }

    [Fact]
    public async Task Session_WithANotice_IsShownIt()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        await peer.LogInAsync();
        peer.Handler.OnOpen = opening => opening.AcceptNotice("use ssh -N");
        await peer.SendAsync(SshWriter.Message(MessageNumber.ChannelOpen).Text("session").UInt32(1).UInt32(1000).UInt32(32768));
        Assert.Equal(MessageNumber.ChannelOpenConfirmation, (await peer.ReceiveAsync())[0]);
        await peer.SendAsync(Of(MessageNumber.ChannelRequest, 0).Text("pty-req").Boolean(true).Text("vt100"));
        Assert.Equal(Of(MessageNumber.ChannelSuccess, 1).ToArray(), await peer.ReceiveAsync());
        await peer.SendAsync(Of(MessageNumber.ChannelRequest, 0).Text("shell").Boolean(true));
        Assert.Equal(Of(MessageNumber.ChannelSuccess, 1).ToArray(), await peer.ReceiveAsync());
        Assert.Equal(Of(MessageNumber.ChannelExtendedData, 1).UInt32(1).Text("use ssh -N\r\n").ToArray(), await peer.ReceiveAsync());
        Assert.Equal(
            Of(MessageNumber.ChannelRequest, 1).Text("exit-status").Boolean(false).UInt32(1).ToArray(), await peer.ReceiveAsync());
        Assert.Equal(Of(MessageNumber.ChannelClose, 1).ToArray(), await peer.ReceiveAsync());
        await peer.SendAsync(Of(MessageNumber.ChannelClose, 0));
        await AssertLivesAsync(peer);
        Assert.Equal(0, (await peer.Result).ChannelCount);
    }

    [Fact]
    public async Task Peer_SilentForLong_IsAskedAndGivenUp()
    {
        ManualTimeProvider clock = new();
        await using SshPeer peer = await SshPeer.StartClientAsync(SshPair.ServerSettings with { Time = clock });
        SshConnection server = await peer.LogInAsync();
        clock.Advance(TimeSpan.FromSeconds(30)); // something was heard
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            byte[] expected = SshWriter.Message(MessageNumber.GlobalRequest).Text("keepalive@openssh.com").Boolean(true).ToArray();
            Assert.Equal(expected, await peer.ReceiveAsync());
        }

        Assert.False(server.Completion.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));
        await server.Completion.OrFail();
        Assert.Equal(ForwardError.TimedOut, Assert.IsType<SshException>(server.Error).Error);
    }

    [Fact]
    public async Task Peer_ThatReadsNothing_IsGivenUp()
    {
        ManualTimeProvider clock = new();
        await using SshPeer peer = await SshPeer.StartClientAsync(SshPair.ServerSettings with { Time = clock });
        SshConnection server = await peer.LogInAsync();
        List<IConnection> channels = [];
        for (uint i = 0; i < 100; i++)
        {
            await peer.SendAsync(Open(i, 3_000_000, 32768));
            Assert.Equal(MessageNumber.ChannelOpenConfirmation, (await peer.ReceiveAsync())[0]);
            channels.Add(await peer.Handler.AcceptAsync());
        }

        Task writing = channels[7].Stream.WriteAsync(new byte[5_000_000]).AsTask(); // more than the connection holds
        await clock.WaitForTimersAsync(3).OrFail();
        for (int i = 0; i < 130 && !server.Completion.IsCompleted; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await server.Completion.OrFail();
        await Assert.ThrowsAnyAsync<IOException>(() => writing.OrFail());
        foreach (IConnection channel in channels)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => channel.Stream.ReadAsync(new byte[1]).OrFail());
        }
    }

    [Fact]
    public async Task Data_OfAClosedChannelThatNobodyReads_IsDroppedAfterAMinute()
    {
        ManualTimeProvider clock = new();
        await using SshPeer peer = await SshPeer.StartClientAsync(
            SshPair.ServerSettings with { Time = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        SshConnection server = await peer.LogInAsync();
        await OpenAsync(peer);
        IConnection channel = await peer.Handler.AcceptAsync();
        await peer.SendAsync(Data(0, 1000));
        await peer.SendAsync(Of(MessageNumber.ChannelClose, 0));
        Assert.Equal(MessageNumber.ChannelClose, (await peer.ReceiveAsync())[0]);
        Assert.Equal((1, 0), (server.ChannelCount, server.NumbersInUse));
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, server.ChannelCount);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, server.ChannelCount);
        await Assert.ThrowsAnyAsync<IOException>(() => channel.Stream.ReadAsync(new byte[1]).OrFail());
    }

    [Fact]
    public async Task Answers_ThatNobodyReads_EndTheConnection()
    {
        await using SshPeer peer = await SshPeer.StartClientAsync();
        SshConnection server = await peer.LogInAsync();
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            for (int i = 0; i < 200_000 && !server.Completion.IsCompleted; i++)
            {
                await peer.SendAsync(Open((uint)i, 0, 0));
            }
        });
        await server.Completion.OrFail();
        Assert.NotNull(server.Error);
        Assert.True(error is null or IOException, error?.ToString());
    }

    private static SshWriter Of(byte number, uint channel) => SshWriter.Message(number).UInt32(channel);

    private static SshWriter Data(uint channel, int count) => Of(MessageNumber.ChannelData, channel).String(new byte[count]);

    private static SshWriter Open(uint number, uint window, uint maxPacket) =>
        SshWriter.Message(MessageNumber.ChannelOpen).Text("test").UInt32(number).UInt32(window).UInt32(maxPacket);

    private static async Task OpenAsync(SshPeer peer)
    {
        await peer.SendAsync(Open(1, 100_000, 32768));
        byte[] confirmation = await peer.ReceiveAsync();
        Assert.Equal(
            Of(MessageNumber.ChannelOpenConfirmation, 1).UInt32(0).UInt32(2 * 1024 * 1024).UInt32(32768).ToArray(), confirmation);
    }

    private static async Task AssertRefusedAsync(SshPeer peer, uint number, uint reason)
    {
        byte[] answer = await peer.ReceiveAsync(MessageNumber.ChannelOpenFailure);
        Assert.Equal(Of(MessageNumber.ChannelOpenFailure, number).UInt32(reason).ToArray(), answer[..9]);
    }

    private static async Task AssertLivesAsync(SshPeer peer)
    {
        await peer.SendAsync([200]);
        await peer.ReceiveAsync(MessageNumber.Unimplemented);
    }
}
