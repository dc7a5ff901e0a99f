using System.Net;
using System.Net.Sockets;
using GostNet.Tests.Shared;
using GostNet.Transports.Http2;
using GostNet.Transports.Tcp;

namespace GostNet.Tests.Transports.Http2;

/// <summary>Frames cost no memory of their own. Alone, because all others share the pool of arrays.</summary>
[CollectionDefinition(nameof(Http2AllocationTests), DisableParallelization = true)]
[Collection(nameof(Http2AllocationTests))]
public class Http2AllocationTests
{
    private const int Rounds = 5000;

    [Fact]
    public async Task WriteAndRead_ManyFrames_AllocateNextToNothing()
    {
        (TcpConnection near, TcpConnection far) = await ConnectAsync();
        await using Http2Session client = Http2Session.Start(near, Http2Profile.OfClient(Http2Pair.Connect), TimeProvider.System);
        await using IMultiplexSession server = await new Http2ServerLayer(new(), TimeProvider.System).StartAsync(far, default).OrFail();
        await using IConnection from = await client.OpenAsync().OrFail();
        await using IConnection to = (await server.AcceptAsync(default).OrFail())!;
        byte[] sent = new byte[1000];
        byte[] received = new byte[1000];
        await RunAsync(500); // what is made once
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(Rounds);

        // A reader that waited is woken by a work item of the thread pool's, of 40 bytes. There is no room for a frame or a task beside.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Rounds * 64);

        async Task RunAsync(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                await from.Stream.WriteAsync(sent);
                for (int count = 0; count < received.Length;)
                {
                    count += await to.Stream.ReadAsync(received.AsMemory(count));
                }
            }
        }
    }

    private static async Task<(TcpConnection Near, TcpConnection Far)> ConnectAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Socket near = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndpoint).OrFail();
        Socket far = await listener.AcceptSocketAsync().OrFail();
        return (new(near, near.RemoteEndPoint!), new(far, far.RemoteEndPoint!));
    }
}
