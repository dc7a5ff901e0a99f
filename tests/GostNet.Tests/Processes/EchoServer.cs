using System.Collections.Concurrent;
using System.Net;
using GostNet.Tests.Shared;

namespace GostNet.Tests.Processes;

/// <summary>A target on loopback that sends back what it is sent, and ends when its peer does.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly IListener _listener;
    private readonly Task _serving;

    private EchoServer(IListener listener)
    {
        _listener = listener;
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint).Port;

    public static async Task<EchoServer> StartAsync() => new(await new SocketNetwork().ListenAsync(new HostEndPoint("127.0.0.1", 0)));

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _serving.OrFail();
    }

    private static async Task EchoAsync(IConnection connection)
    {
        await using (connection)
        {
            byte[] buffer = new byte[16];
            try
            {
                while (await connection.Stream.ReadAsync(buffer) is var read and > 0)
                {
                    await connection.Stream.WriteAsync(buffer.AsMemory(0, read));
                }
            }
            catch (IOException)
            {
                // The forward was killed, or reset it.
            }
        }
    }

    private async Task ServeAsync()
    {
        var serving = new ConcurrentBag<Task>();
        while (await _listener.AcceptAsync() is { } connection)
        {
            serving.Add(EchoAsync(connection));
        }

        await Task.WhenAll(serving);
    }
}
