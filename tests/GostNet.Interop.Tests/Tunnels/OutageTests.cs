using System.Net.Sockets;
using GostNet.Interop.Tests.Peers;
using GostNet.Interop.Tests.Targets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Tunnels;

/// <summary>The far end of a tunnel is killed under open connections, and comes back.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("tls")]
    [InlineData("mtls")]
    [InlineData("ws")]
    [InlineData("mwss")]
    [InlineData("otls")]
    public async Task Tunnel_FarEndIsKilledAndComesBack_OldConnectionsEndAndNewOnesWork(string transport)
    {
        await using TcpTarget target = TcpTarget.Echo();
        int port = FreePort.Next();
        string[] serve = ["-L", $"{transport}://127.0.0.1:{port}/{LocalForward.At(target.Port)}"];
        await using Forwarder near = await LocalForward.Of(
            $"tcp://{LocalForward.AnyPort}", $"forward+{transport}://127.0.0.1:{port}").StartAsync();
        Socket[] clients;
        await using (Gost first = Gost.Start(serve))
        {
            await first.ListensAsync();
            clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync(near)));
        }

        foreach (Socket client in clients)
        {
            Assert.Equal(0, await AnswerTarget.CountAsync(client).WaitAsync(Soon)); // ended or reset
            client.Dispose();
        }

        await near.AssertTurnedAwayAsync().WaitAsync(Soon); // nobody there

        await using Gost second = Gost.Start(serve);
        await second.ListensAsync();
        for (int seed = 0; seed < 3; seed++)
        {
            await TcpTraffic.AssertEchoedAsync(near.Forwards[0].LocalEndPoint!, seed).OrFail();
        }
    }

    private static async Task<Socket> OpenAsync(Forwarder near)
    {
        Socket client = await near.ConnectAsync();
        await client.SendAsync("x"u8.ToArray());
        byte[] answer = new byte[1];
        Assert.Equal(1, await client.ReceiveAsync(answer).OrFail());
        return client;
    }
}
