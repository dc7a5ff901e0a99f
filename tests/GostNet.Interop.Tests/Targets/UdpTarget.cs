using System.Net;
using System.Net.Sockets;
using GostNet.Tests.Shared;

namespace GostNet.Interop.Tests.Targets;

/// <summary>A UDP server of the test itself that sends back whatever arrives, with one byte before it.</summary>
internal sealed class UdpTarget : IAsyncDisposable
{
    private const byte Mark = (byte)'>';

    private readonly Socket _socket = Bind();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    public UdpTarget() => _serving = ServeAsync();

    public string Address => _socket.LocalEndPoint!.ToString()!;

    /// <summary>Asks with several clients at a time; each asks again when it has got its answer.</summary>
    /// <param name="endPoint">Where to ask.</param>
    /// <param name="clients">How many clients there are.</param>
    /// <param name="each">How many datagrams each of them sends, all different.</param>
    public static Task AssertAnswersAsync(EndPoint endPoint, int clients, int each) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(seed => AskAsync(endPoint, seed, each))).OrFail();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving.OrFail();
        _socket.Dispose();
        _stopping.Dispose();
    }

    private static Socket Bind()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static async Task AskAsync(EndPoint endPoint, int seed, int count)
    {
        Random random = new(seed);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(endPoint);
        byte[] answer = new byte[2048];
        for (int i = 0; i < count; i++)
        {
            byte[] question = new byte[random.Next(1, 1400)];
            random.NextBytes(question);
            await client.SendAsync(question);
            int size = await client.ReceiveAsync(answer);
            Assert.Equal([Mark, .. question], answer[..size]);
        }
    }

    private async Task ServeAsync()
    {
        byte[] buffer = new byte[65536];
        buffer[0] = Mark;
        try
        {
            while (true)
            {
                SocketReceiveFromResult question = await _socket.ReceiveFromAsync(
                    buffer.AsMemory(1), new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                await _socket.SendToAsync(buffer.AsMemory(0, 1 + question.ReceivedBytes), question.RemoteEndPoint);
            }
        }
        catch (OperationCanceledException)
        {
            // It is disposed of.
        }
    }
}
