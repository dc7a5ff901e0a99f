using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Remote;

/// <summary>Both ends of a control connection ask after each other, and a peer that does not read is not taken for one that is gone.</summary>
public sealed class HeartbeatTests
{
    private readonly int _server = FreePort.Next();

    private string Server => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_server}");

    /// <remarks>The default would be to ask after 3 minutes.</remarks>
    [LinuxTheory]
    [InlineData("rtcp", false)]
    [InlineData("rtcp", true)]
    [InlineData("rudp", false)]
    public async Task Remote_NothingPasses_BothEndsAskAfterEachOther(string mode, bool multiplex)
    {
        (Gost far, _) = await Gost.StartSocks5Async(Server);
        await using Gost farEnd = far;
        await using Forwarder forwarder = await new ForwardBuilder()
            .Serve($"{mode}://{LocalForward.AnyPort}/127.0.0.1:9")
            .ViaSocks5(Server, new() { MultiplexBind = multiplex })
            .StartAsync();
        await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail();

        TcpSocketRow near = await TcpSocketRow.WaitForAsync(row => row.RemotePort == _server && row.Timer == TcpSocketRow.KeepAlive).OrFail();
        TcpSocketRow server = await TcpSocketRow.WaitForAsync(row => row.LocalPort == _server && row.Timer == TcpSocketRow.KeepAlive).OrFail();

        Assert.InRange(near.TimeLeft, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.InRange(server.TimeLeft, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RemoteTcp_PeerDoesNotReadForLongerThanAHeartbeat_GetsEverythingOnceItDoes(bool multiplex)
    {
        await using AnswerTarget target = new(copies: 4); // more than all buffers on the way hold
        (Gost far, _) = await Gost.StartSocks5Async(Server);
        await using Gost farEnd = far;
        await using Forwarder forwarder = await new ForwardBuilder()
            .RemoteTcp(LocalForward.AnyPort, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{target.Port}"))
            .ViaSocks5(Server, new() { MultiplexBind = multiplex, HeartbeatInterval = TimeSpan.FromSeconds(1) })
            .StartAsync();
        using Socket peer = await TcpTraffic.ConnectAsync(await forwarder.Forwards[0].WaitUntilListeningAsync().OrFail());
        peer.Shutdown(SocketShutdown.Send);

        // It asks 0.2, 0.6, 1.4 and 3 s after the window has closed, and then waits for more than 3 s.
        await TcpSocketRow.WaitForAsync(row => row.RemotePort == _server
            && row is { Timer: TcpSocketRow.WindowProbe, TimeLeft.TotalSeconds: > 3 }).OrFail();
        long received = await AnswerTarget.CountAsync(peer).OrFail();

        Assert.Equal(target.TotalLength, received);
    }
}
