using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Remote;

/// <summary>GostNet at both ends, as processes of their own, as a user runs them.</summary>
public sealed class TwoEndsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rtcp_PeersOneAfterAnother_AreAllServed(bool multiplex)
    {
        await using TcpTarget target = TcpTarget.Echo();
        (Gost far, string address) = await Gost.StartSocks5Async();
        await using Gost farEnd = far;
        await using Gost near = Gost.Start(
            "-L", $"rtcp://{LocalForward.AnyPort}/127.0.0.1:{target.Port}", "-F", $"socks5://{address}?mbind={multiplex}");
        IPEndPoint bound = await near.ListensAsync().OrFail();

        for (int seed = 0; seed < 10; seed++)
        {
            await ListeningSockets.OpenedAsync(bound.Port).OrFail(); // BIND has to be asked for anew for each
            await TcpTraffic.AssertEchoedAsync(bound, seed).OrFail();
        }
    }

    [Fact]
    public async Task Rudp_ManyPeersAtATime_EachGetsItsAnswers()
    {
        await using UdpTarget target = new();
        (Gost far, string address) = await Gost.StartSocks5Async();
        await using Gost farEnd = far;
        await using Gost near = Gost.Start("-L", $"rudp://{LocalForward.AnyPort}/{target.Address}", "-F", $"socks5://{address}");

        await UdpTarget.AssertAnswersAsync(await near.ListensAsync(), clients: 8, each: 25);
    }

    [Fact]
    public async Task Udp_ThroughTwoServers_EachClientGetsItsAnswers()
    {
        await using UdpTarget target = new();
        (Gost first, string firstAddress) = await Gost.StartSocks5Async();
        await using Gost firstServer = first;
        (Gost second, string secondAddress) = await Gost.StartSocks5Async();
        await using Gost secondServer = second;
        await using Gost near = Gost.Start(
            "-L", $"udp://{LocalForward.AnyPort}/{target.Address}", "-F", $"socks5://{firstAddress}", "-F", $"socks5://{secondAddress}");

        await UdpTarget.AssertAnswersAsync(await near.ListensAsync(), clients: 8, each: 25);
    }

    [Fact]
    public async Task RemoteTcp_200PeersOfOneMultiplexedBindAndOneDoesNotRead_TheOthersFinish()
    {
        await using TcpTarget target = TcpTarget.Echo();
        (Gost far, string address) = await Gost.StartSocks5Async();
        await using Gost farEnd = far;
        await using Forwarder forwarder = await StartAsync(address, target.Port, multiplex: true);
        EndPoint bound = await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();

        using Socket silent = await TcpTraffic.ConnectAsync(bound).OrFail();
        Task sending = silent.SendAsync(new byte[1 << 20]);
        await Task.WhenAll(Enumerable.Range(0, 199).Select(seed => TcpTraffic.AssertEchoedAsync(bound, seed))).WaitAsync(2 * Hang.Limit);

        Assert.Equal(200, forwarder.Forwards[0].TotalConnections);
        silent.Close(0);
        await Task.WhenAny(sending).OrFail(); // it may have failed
    }

    /// <remarks>smux 1 has no window for each stream: what one peer does not read fills the session's, and then all wait.</remarks>
    [Fact]
    public async Task RemoteTcp_OnePeerHoldsUpAllOthersForTooLong_IsResetAlone()
    {
        await using AnswerTarget target = new(copies: 4); // more than all buffers on the way hold
        (Gost far, string address) = await Gost.StartSocks5Async();
        await using Gost farEnd = far;
        await using Forwarder forwarder = await StartAsync(address, target.Port, multiplex: true);
        EndPoint bound = await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();
        using Socket silent = await TcpTraffic.ConnectAsync(bound);
        silent.Shutdown(SocketShutdown.Send);
        await target.Received.OrFail();
        using Socket other = await TcpTraffic.ConnectAsync(bound);
        other.Shutdown(SocketShutdown.Send);

        long received = await AnswerTarget.CountAsync(other).WaitAsync(2 * Hang.Limit);

        Assert.Equal(target.TotalLength, received);
        Assert.True(await AnswerTarget.CountAsync(silent).OrFail() < target.TotalLength);
        Assert.Equal(ForwardState.Listening, forwarder.Forwards[0].State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RemoteTcp_PeerEndsItsDirection_GetsTheAnswerWhole(bool multiplex)
    {
        await using AnswerTarget target = new();
        (Gost far, string address) = await Gost.StartSocks5Async();
        await using Gost farEnd = far;
        await using Forwarder forwarder = await StartAsync(address, target.Port, multiplex);
        using Socket peer = await TcpTraffic.ConnectAsync(await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail());

        byte[] answer = await AnswerTarget.AskAsync(peer).OrFail();

        Assert.Equal(AnswerTarget.Question, await target.Received.OrFail());
        Assert.Equal(AnswerTarget.Answer, answer);
    }

    private static Task<Forwarder> StartAsync(string server, int targetPort, bool multiplex) => new ForwardBuilder()
        .RemoteTcp(LocalForward.AnyPort, $"127.0.0.1:{targetPort}")
        .ViaSocks5(server, new() { MultiplexBind = multiplex })
        .StartAsync();
}
