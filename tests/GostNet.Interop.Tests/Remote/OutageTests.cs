using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GostNet.Diagnostics;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Remote;

/// <summary>One of the two ends of a remote forward is killed, and comes back.</summary>
public sealed class OutageTests : IDisposable
{
    /// <summary>The longest that each wait before the far end is asked again may take.</summary>
    private static readonly int[] LongestWaits = [1, 2, 4, 6];

    private readonly RecordingLoggerFactory _log = new();
    private readonly int _server = FreePort.Next();
    private readonly int _bound = FreePort.Next();

    private string Server => At(_server);

    private string Bound => At(_bound);

    private IPEndPoint BoundEndPoint => new(IPAddress.Loopback, _bound);

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RemoteTcp_FarEndIsKilledAndComesBack_ServesAgain(bool multiplex)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using Forwarder forwarder = await Logged()
            .RemoteTcp(Bound, At(target.Port))
            .ViaSocks5(Server, new() { MultiplexBind = multiplex })
            .StartAsync();

        await DrillAsync(forwarder, OpenAsync, () => TcpTraffic.AssertEchoedAsync(BoundEndPoint, seed: 2, size: 1000));

        async Task<IDisposable?> OpenAsync()
        {
            Socket peer = await TcpTraffic.ConnectAsync(BoundEndPoint);
            await peer.SendAsync(new byte[] { 7 });
            byte[] answer = new byte[1];
            await peer.ReceiveAsync(answer);
            Assert.Equal([7], answer);
            return peer;
        }
    }

    [Fact]
    public async Task RemoteUdp_FarEndIsKilledAndComesBack_ServesAgain()
    {
        await using UdpTarget target = new();
        await using Forwarder forwarder = await Logged().RemoteUdp(Bound, target.Address).ViaSocks5(Server).StartAsync();

        await DrillAsync(
            forwarder,
            async () =>
            {
                await UdpTarget.AssertAnswersAsync(BoundEndPoint, clients: 3, each: 1);
                return null;
            },
            () => UdpTarget.AssertAnswersAsync(BoundEndPoint, clients: 3, each: 10));
    }

    [Theory]
    [InlineData("rtcp", "")]
    [InlineData("rtcp", "?mbind=true")]
    [InlineData("rudp", "")]
    public async Task Remote_NearEndIsKilledAndStartsAgain_GetsItsPortBack(string mode, string parameters)
    {
        (Gost far, _) = await Gost.StartSocks5Async(Server);
        await using Gost farEnd = far;
        string[] arguments = ["-L", $"{mode}://{Bound}/127.0.0.1:9", "-F", $"socks5://{Server}{parameters}"];
        await using (Gost near = Gost.Start(arguments))
        {
            Assert.Equal(BoundEndPoint, await near.ListensAsync());
        }

        await using Gost again = Gost.Start(arguments);

        Assert.Equal(BoundEndPoint, await again.ListensAsync());
    }

    private static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private ForwardBuilder Logged() => new ForwardBuilder().UseLoggerFactory(_log);

    /// <summary>Starts the far end, kills it while it carries something, starts it anew, and stops the forward.</summary>
    /// <param name="forwarder">The remote forward.</param>
    /// <param name="beginAsync">Begins what the outage will cut off.</param>
    /// <param name="exchangeAsync">Shows that the forward serves again.</param>
    private async Task DrillAsync(Forwarder forwarder, Func<Task<IDisposable?>> beginAsync, Func<Task> exchangeAsync)
    {
        Forward forward = forwarder.Forwards[0];
        int losses;
        IDisposable? begun;
        (Gost first, _) = await Gost.StartSocks5Async(Server);
        await using (first)
        {
            Assert.Equal(BoundEndPoint, await forward.WaitUntilListeningAsync().OrFail());
            begun = await beginAsync().OrFail();
            losses = _log.WithId(LogEventIds.FarEndLost).Count; // it may have been asked before it was there
        }

        using (begun)
        {
            await _log.WaitForAsync(LogEventIds.FarEndLost, losses + 1).OrFail();
            await _log.WaitForAsync(LogEventIds.ConnectionClosed, _log.WithId(LogEventIds.ConnectionOpened).Count).OrFail();
            Assert.Empty(forwarder.Connections);
        }

        (Gost second, _) = await Gost.StartSocks5Async(Server);
        await using Gost farEnd = second;
        Assert.Equal(BoundEndPoint, await forward.WaitUntilListeningAsync().OrFail());
        await exchangeAsync().OrFail();
        Assert.All(
            _log.WithId(LogEventIds.FarEndLost).Select((entry, i) => (Wait: (double)entry.Values["Seconds"]!, Index: i)),
            loss => Assert.InRange(loss.Wait, 0, LongestWaits[Math.Min(loss.Index, LongestWaits.Length - 1)]));

        await forwarder.StopAsync(TimeSpan.Zero).OrFail();
        Assert.Equal(ForwardState.Stopped, forward.State);
        await (forward.Kind == ForwardKind.RemoteTcp
            ? FreePort.ReleasedAsync(_bound, SocketType.Stream, ProtocolType.Tcp)
            : FreePort.ReleasedAsync(_bound, SocketType.Dgram, ProtocolType.Udp)).OrFail();
    }
}
