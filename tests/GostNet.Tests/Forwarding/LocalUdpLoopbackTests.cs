using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using GostNet.Diagnostics;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Forwarding;

/// <summary>What of a local UDP forward depends on the system's sockets: sizes, and refusals by ICMP.</summary>
public sealed class LocalUdpLoopbackTests
{
    private const string IPv4 = "127.0.0.1";
    private const string IPv6 = "::1";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9000)]
    [InlineData(65507)]
    public async Task Datagram_OfAnySize_ArrivesWholeBothWays(int size)
    {
        await using var scene = new LoopbackScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync();
        await scene.StartUdpAsync(IPv4, null, target.LocalEndPoint);
        await using IDatagramSocket client = await scene.Network.DatagramDialer.DialAsync(scene.Front);
        byte[] question = RandomNumberGenerator.GetBytes(size);
        byte[] answer = RandomNumberGenerator.GetBytes(size);

        (byte[] received, SocketAddress source) = await PassAsync(client, target, question);
        Assert.Equal(question, received);
        await target.SendToAsync(answer, source).OrFail();
        Assert.Equal(answer, await ReceiveAsync(client));
        Assert.Equal(0, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task Datagram_TooLargeForTheTarget_IsDroppedAndCountedAndTheFlowGoesOn()
    {
        await using var scene = new LoopbackScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync(IPv4);
        await scene.StartUdpAsync(IPv6, null, target.LocalEndPoint);
        await using IDatagramSocket client = await scene.Network.DatagramDialer.DialAsync(scene.Front);
        (_, SocketAddress source) = await PassAsync(client, target, [1]);
        await client.SendAsync(new byte[65527]).OrFail(); // IPv6 carries 20 bytes more than IPv4
        await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail();

        (_, SocketAddress after) = await PassAsync(client, target, [2]);
        Assert.Equal(source, after);
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task Datagram_TooLargeForTheClient_IsDroppedAndCountedAndTheFlowGoesOn()
    {
        await using var scene = new LoopbackScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync(IPv6);
        await scene.StartUdpAsync(IPv4, null, target.LocalEndPoint);
        await using IDatagramSocket client = await scene.Network.DatagramDialer.DialAsync(scene.Front);
        (_, SocketAddress source) = await PassAsync(client, target, [1]);
        await target.SendToAsync(new byte[65527], source).OrFail();
        await scene.Log.WaitForAsync(LogEventIds.DatagramDropped).OrFail();
        await target.SendToAsync(new byte[] { 2 }, source).OrFail();

        Assert.Equal([2], await ReceiveAsync(client));
        Assert.Equal(1, scene.Forward.DroppedDatagrams);
    }

    [Fact]
    public async Task Target_NobodyListens_IsChargedAndTheNextDatagramGoesElsewhere()
    {
        await using var scene = new LoopbackScene();
        using Socket silent = PortWithoutListener();
        await using IDatagramListener target = await scene.ListenDatagramsAsync();
        await scene.StartUdpAsync(
            IPv4, new() { Selection = new() { Strategy = SelectionStrategy.Fifo } }, silent.LocalEndPoint!, target.LocalEndPoint);
        var ended = new TaskCompletionSource<ForwardedConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Forwarder.ConnectionClosed += (_, e) => ended.TrySetResult(e.Connection);
        await using IDatagramSocket client = await scene.Network.DatagramDialer.DialAsync(scene.Front);
        await client.SendAsync(new byte[] { 1 }).OrFail();

        Assert.Equal(ConnectionEnd.TargetRefused, (await ended.Task.OrFail()).End);
        Assert.Single(scene.Log.WithId(LogEventIds.NodeDied));
        (byte[] received, _) = await PassAsync(client, target, [2]);
        Assert.Equal([2], received);
    }

    [Theory]
    [InlineData(IPv4)]
    [InlineData("")]
    public async Task Flows_OfTwoHundredClients_GetTheirOwnDistinctAnswers(string listen)
    {
        await using var scene = new LoopbackScene();
        await using IDatagramListener target = await scene.ListenDatagramsAsync();
        await scene.StartUdpAsync(listen, null, target.LocalEndPoint);
        HostEndPoint front = new(IPv4, scene.Front.Port);
        await EchoClients.RunAsync(scene.Network, front, target, clients: 200, datagramsEach: 1);

        Assert.Equal(200, scene.Forward.TotalConnections);
        Assert.Equal(0, scene.Forward.DroppedDatagrams);
    }

    private static async Task<(byte[] Received, SocketAddress Source)> PassAsync(
        IDatagramSocket client, IDatagramListener target, byte[] datagram)
    {
        byte[] buffer = new byte[65536];
        SocketAddress source = target.CreateAddress();
        await client.SendAsync(datagram).OrFail();
        int size = await target.ReceiveFromAsync(buffer, source).OrFail();
        return (buffer[..size], source);
    }

    private static async Task<byte[]> ReceiveAsync(IDatagramSocket client)
    {
        byte[] buffer = new byte[65536];
        int size = await client.ReceiveAsync(buffer).OrFail();
        return buffer[..size];
    }

    /// <summary>A socket that holds a port and is connected to itself, so that everybody else's datagrams are refused there.</summary>
    private static Socket PortWithoutListener()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(socket.LocalEndPoint!);
        return socket;
    }
}
