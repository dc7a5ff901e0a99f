using System.Net.Sockets;
using System.Text;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Proxies;

/// <summary>A local TCP forward through every real proxy.</summary>
public sealed class ProxyTests
{
    [Theory]
    [ProxyRows(Danted.Program), ProxyRows(Microsocks.Program), ProxyRows(OpenSsh.Client)]
    [ProxyRows(Tinyproxy.Program), ProxyRows(Apache.Program)]
    public async Task LocalTcp_ManyClientsAtATime_EachGetsItsOwnBytesBack(ProxyKind kind)
    {
        await using TcpTarget target = TcpTarget.Echo();
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);
        await using Forwarder forwarder = await StartAsync(proxy, $"127.0.0.1:{target.Port}");

        await Task.WhenAll(Enumerable.Range(0, 16).Select(SendAndReceiveAsync)).OrFail();

        async Task SendAndReceiveAsync(int seed)
        {
            byte[] sent = new byte[200_000];
            new Random(seed).NextBytes(sent);
            using Socket client = await forwarder.ConnectAsync();
            await using NetworkStream stream = new(client, ownsSocket: false);
            byte[] received = new byte[sent.Length];
            await Task.WhenAll(stream.WriteAsync(sent).AsTask(), stream.ReadExactlyAsync(received).AsTask());
            Assert.Equal(sent, received);
        }
    }

    [Theory]
    [ProxyRows(Danted.Program), ProxyRows(Microsocks.Program), ProxyRows(OpenSsh.Client)]
    [ProxyRows(Tinyproxy.Program), ProxyRows(Apache.Program)]
    public async Task LocalTcp_TargetSpeaksFirst_ClientGetsTheGreeting(ProxyKind kind)
    {
        byte[] greeting = "220 target.test ready\r\n"u8.ToArray();
        await using TcpTarget target = TcpTarget.Greeting(greeting);
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);
        await using Forwarder forwarder = await StartAsync(proxy, $"127.0.0.1:{target.Port}");
        using Socket client = await forwarder.ConnectAsync();

        await using NetworkStream stream = new(client, ownsSocket: false);
        byte[] received = new byte[greeting.Length];
        await stream.ReadExactlyAsync(received).OrFail();

        Assert.Equal(greeting, received);
    }

    [Theory]
    [ProxyRows(Danted.Program), ProxyRows(Microsocks.Program), ProxyRows(OpenSsh.Client)]
    [ProxyRows(Tinyproxy.Program), ProxyRows(Apache.Program)]
    public async Task LocalTcp_TargetIsAName_IsReached(ProxyKind kind)
    {
        await using TcpTarget target = TcpTarget.Greeting("found"u8.ToArray());
        await using ProxyNode proxy = await ProxyNode.StartAsync(kind);
        await using Forwarder forwarder = await StartAsync(proxy, $"localhost:{target.Port}");
        using Socket client = await forwarder.ConnectAsync();

        await using NetworkStream stream = new(client, ownsSocket: false);
        byte[] received = new byte[5];
        await stream.ReadExactlyAsync(received).OrFail();

        Assert.Equal("found", Encoding.ASCII.GetString(received));
    }

    private static Task<Forwarder> StartAsync(ProxyNode proxy, string target) =>
        proxy.AddTo(new ForwardBuilder().LocalTcp(LocalForward.AnyPort, target)).StartAsync();
}
