using System.Net;
using System.Net.Sockets;
using GostNet.Diagnostics;
using GostNet.Interop.Tests.Forwarding;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Proxies;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Remote;

/// <summary>Remote forwards and datagrams through SOCKS5 servers that know only the standard, or less.</summary>
public sealed class StandardServerTests : IDisposable
{
    private const string MuxBind = "F2";
    private const string UdpTunnel = "F3";

    private readonly RecordingLoggerFactory _log = new();

    public void Dispose() => _log.Dispose();

    /// <remarks>danted cannot listen at a port again as long as a peer's connection to it lives: one peer at a time.</remarks>
    [PeerTheory(Danted.Program)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RemoteTcp_Danted_ServesPeersOneAfterAnotherAtThePortAskedFor(bool multiplex)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess danted = await Danted.StartAsync();
        int port = FreePort.Next();
        await using Forwarder forwarder = await Logged()
            .RemoteTcp($":{port}", $"127.0.0.1:{target.Port}")
            .ViaSocks5(danted.Address, new() { MultiplexBind = multiplex })
            .StartAsync();

        for (int seed = 0; seed < 3; seed++)
        {
            await ListeningSockets.OpenedAsync(port).OrFail();
            await TcpTraffic.AssertEchoedAsync(new IPEndPoint(IPAddress.Loopback, port), seed).OrFail();
        }

        Assert.Equal(multiplex ? [MuxBind] : [], ReplacedCommands());
    }

    /// <remarks>danted takes another port for an address that is not the one it was told to take.</remarks>
    [PeerFact(Danted.Program)]
    public async Task RemoteTcp_DantedListensElsewhere_IsNotTakenForGranted()
    {
        using ClosedPort taken = new();
        HostEndPoint asked = HostEndPoint.Parse(taken.Address);
        await using PeerProcess danted = await Danted.StartAsync();

        ForwardException e = await FailToListenAsync(builder => builder
            .RemoteTcp(asked, new HostEndPoint("127.0.0.1", 9))
            .ViaSocks5(danted.Address));

        Assert.Equal(ForwardError.ProxyFailure, e.Error);
        Assert.Contains("listens at port", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [ProxyRow(ProxyKind.MicrosocksSocks5)]
    [ProxyRow(ProxyKind.SshSocks5)]
    public async Task RemoteTcp_ServerCannotListen_IsSaidAtStart(ProxyKind kind)
    {
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);

        ForwardException e = await FailToListenAsync(builder => proxy.AddTo(builder).RemoteTcp(LocalForward.AnyPort, "127.0.0.1:9"));

        AssertLacks(e, proxy.Name, "BIND");
    }

    [Theory]
    [ProxyRow(ProxyKind.DantedSocks5)]
    [ProxyRow(ProxyKind.MicrosocksSocks5)]
    [ProxyRow(ProxyKind.SshSocks5)]
    public async Task RemoteUdp_ServerHasNoTunnel_IsSaidAtStart(ProxyKind kind)
    {
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);

        ForwardException e = await FailToListenAsync(builder => proxy.AddTo(builder).RemoteUdp(LocalForward.AnyPort, "127.0.0.1:9"));

        AssertLacks(e, proxy.Name, UdpTunnel);
    }

    [PeerFact(Danted.Program, Dnsmasq.Program, DnsQuestion.Program)]
    public async Task LocalUdp_Danted_IsAnsweredThroughTheStandardCommand()
    {
        await using PeerProcess dnsmasq = await Dnsmasq.StartAsync();
        await using PeerProcess danted = await Danted.StartAsync();
        await using Forwarder forwarder = await Logged()
            .LocalUdp(LocalForward.AnyPort, dnsmasq.Address)
            .ViaSocks5(danted.Address)
            .StartAsync();

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => DnsQuestion.AskAsync(forwarder, Dnsmasq.HostName, "A", "+notcp")));

        Assert.All(answers, answer => Assert.Equal(Dnsmasq.HostAddress, answer));
        Assert.Equal([UdpTunnel], ReplacedCommands());
        await danted.PrintedAsync("udpassociate").OrFail();
    }

    [Theory]
    [ProxyRow(ProxyKind.MicrosocksSocks5)]
    [ProxyRow(ProxyKind.SshSocks5)]
    public async Task LocalUdp_ServerCarriesNoDatagrams_FlowSaysWhy(ProxyKind kind)
    {
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);
        await using Forwarder forwarder = proxy.AddTo(new()).LocalUdp(LocalForward.AnyPort, "127.0.0.1:9").Build();
        TaskCompletionSource<ForwardedConnection> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        forwarder.ConnectionClosed += (_, e) => closed.TrySetResult(e.Connection);
        await forwarder.StartAsync();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        await client.SendToAsync(new byte[] { 1 }, forwarder.Forwards[0].LocalEndPoint!);
        ForwardedConnection flow = await closed.Task.OrFail();

        Assert.Equal(ConnectionEnd.DialFailed, flow.End);
        AssertLacks(Assert.IsType<ForwardException>(flow.Error), proxy.Name, "UDP ASSOCIATE");
    }

    private static void AssertLacks(ForwardException e, string node, string command)
    {
        Assert.Contains(e.Error, new[] { ForwardError.CommandNotSupported, ForwardError.ConnectionClosed });
        Assert.Equal(node, e.Node);
        Assert.Contains(command, e.Message, StringComparison.Ordinal);
    }

    private ForwardBuilder Logged() => new ForwardBuilder().UseLoggerFactory(_log);

    private IEnumerable<string> ReplacedCommands() => _log.WithId(LogEventIds.CommandReplaced)
        .Select(entry => new[] { MuxBind, UdpTunnel }.Single(entry.Values["Command"]!.ToString()!.Contains));

    /// <summary>Starts a remote forward that does not come to listen.</summary>
    /// <returns>Why it does not.</returns>
    private async Task<ForwardException> FailToListenAsync(Func<ForwardBuilder, ForwardBuilder> configure)
    {
        await using Forwarder forwarder = await configure(Logged()).StartAsync();
        await _log.WaitForAsync(LogEventIds.FarEndLost).OrFail();
        return Assert.IsType<ForwardException>(forwarder.Forwards[0].Error);
    }
}
