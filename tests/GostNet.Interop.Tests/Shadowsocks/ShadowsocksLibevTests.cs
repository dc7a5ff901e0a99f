using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Protocols.Shadowsocks;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Shadowsocks;

/// <summary>Our client and server with those of shadowsocks-libev, which end both directions when one ends.</summary>
public sealed class ShadowsocksLibevTests
{
    /// <summary>What version 3.3.5 knows, but for what nobody else does.</summary>
    public static TheoryData<string> Methods =>
    [
        "chacha20-ietf-poly1305", "aes-128-gcm", "aes-192-gcm", "aes-256-gcm", "chacha20", "chacha20-ietf", "salsa20", "rc4-md5",
        "aes-128-cfb", "aes-192-cfb", "aes-256-cfb", "aes-128-ctr", "aes-192-ctr", "aes-256-ctr", "bf-cfb",
    ];

    [PeerTheory(ShadowsocksLibev.Server)]
    [MemberData(nameof(Methods))]
    public async Task Client_ThroughSsServer_CarriesBytesAndDatagrams(string method)
    {
        await using PeerProcess server = await ShadowsocksLibev.StartServerAsync(method);
        await using TcpTarget target = TcpTarget.Echo();
        await using UdpTarget datagrams = new();
        Node node = new(HostEndPoint.Parse(server.Address));
        ShadowsocksConnector connector = new(
            node, ShadowsocksKey.Create(method, ShadowsocksLibev.Password), new() { DatagramDialer = new SocketNetwork().DatagramDialer });
        await using Forwarder forwarder = await new ForwardBuilder()
            .Via(hop => hop.Node(node, connector))
            .LocalTcp(LocalForward.AnyPort, string.Create(CultureInfo.InvariantCulture, $"localhost:{target.Port}"))
            .LocalUdp(LocalForward.AnyPort, datagrams.Address)
            .StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(
            seed => TcpTraffic.AssertEchoedWhileOpenAsync(new IPEndPoint(IPAddress.Loopback, forwarder.Port()), seed))).OrFail();
        await UdpTarget.AssertAnswersAsync((IPEndPoint)forwarder.Forwards[1].LocalEndPoint!, clients: 3, each: 20);
    }

    /// <summary>The target speaks first, so the address has to reach the server before any payload.</summary>
    [PeerFact(ShadowsocksLibev.Server)]
    public async Task Client_ThroughSsServer_HearsATargetThatSpeaksFirst()
    {
        const string Method = "aes-256-gcm";
        const string Greeting = "220 ready";
        await using PeerProcess server = await ShadowsocksLibev.StartServerAsync(Method);
        await using TcpTarget target = TcpTarget.Greeting(Encoding.ASCII.GetBytes(Greeting));
        Node node = new(HostEndPoint.Parse(server.Address));
        await using Forwarder forwarder = await new ForwardBuilder()
            .Via(hop => hop.Node(node, new ShadowsocksConnector(node, ShadowsocksKey.Create(Method, ShadowsocksLibev.Password))))
            .LocalTcp(LocalForward.AnyPort, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{target.Port}"))
            .StartAsync();
        using Socket client = await forwarder.ConnectAsync();
        await using NetworkStream stream = new(client);
        byte[] greeting = new byte[Greeting.Length];
        await stream.ReadExactlyAsync(greeting).AsTask().OrFail();
        Assert.Equal(Greeting, Encoding.ASCII.GetString(greeting));
    }

    [PeerTheory(ShadowsocksLibev.Tunnel)]
    [MemberData(nameof(Methods))]
    public async Task Server_AskedBySsTunnel_CarriesBytesAndDatagrams(string method)
    {
        await using ServedShadowsocks server = await ServedShadowsocks.StartAsync(method);
        await using TcpTarget target = TcpTarget.Echo();
        await using UdpTarget datagrams = new();
        string address = string.Create(CultureInfo.InvariantCulture, $"localhost:{target.Port}");
        await using (PeerProcess tunnel = await ShadowsocksLibev.StartTunnelAsync(method, server.Port, address))
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(
                seed => TcpTraffic.AssertEchoedWhileOpenAsync(new IPEndPoint(IPAddress.Loopback, tunnel.Port), seed))).OrFail();
        }

        await using PeerProcess datagramTunnel = await ShadowsocksLibev.StartTunnelAsync(method, server.Port, datagrams.Address);
        await UdpTarget.AssertAnswersAsync(new IPEndPoint(IPAddress.Loopback, datagramTunnel.Port), clients: 3, each: 20);
    }

    [PeerTheory(ShadowsocksLibev.Local)]
    [MemberData(nameof(Methods))]
    public async Task Server_AskedBySsLocal_CarriesBytes(string method)
    {
        await using ServedShadowsocks server = await ServedShadowsocks.StartAsync(method);
        await using TcpTarget target = TcpTarget.Echo();
        await using PeerProcess local = await ShadowsocksLibev.StartLocalAsync(method, server.Port);
        await using Forwarder forwarder = await new ForwardBuilder()
            .ViaSocks5(local.Address)
            .LocalTcp(LocalForward.AnyPort, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{target.Port}"))
            .StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(
            seed => TcpTraffic.AssertEchoedWhileOpenAsync(new IPEndPoint(IPAddress.Loopback, forwarder.Port()), seed))).OrFail();
    }
}
