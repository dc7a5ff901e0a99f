using System.Collections.Concurrent;
using System.Text;
using GostNet.Tests.Shared;

namespace GostNet.Examples.Gost.Tests;

/// <summary>A TCP server on the loopback interface, for as long as a test lasts.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private static readonly SocketNetwork Network = new();

    private readonly IListener _listener;
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly ConcurrentBag<IConnection> _connections = [];
    private readonly Task _accepting;

    private LoopbackServer(IListener listener, Func<IConnection, Task> serve)
    {
        _listener = listener;
        _accepting = AcceptAsync(serve);
    }

    /// <summary>Its address and port.</summary>
    public HostEndPoint EndPoint => HostEndPoint.Parse(_listener.LocalEndPoint.ToString()!);

    public static async Task<LoopbackServer> StartAsync(Func<IConnection, Task> serve) =>
        new(await Network.ListenAsync(new HostEndPoint("127.0.0.1", 0)), serve);

    /// <summary>A server that sends back what it gets.</summary>
    public static Task<LoopbackServer> StartEchoAsync() => StartAsync(CopyAsync);

    /// <summary>An HTTP proxy that takes note of what is asked of it.</summary>
    public static Task<LoopbackServer> StartHttpProxyAsync(ConcurrentQueue<string> requests) => StartAsync(async client =>
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await client.ReadAsync(1))[0]);
        }

        string request = head.ToString();
        requests.Enqueue(request);
        await using IConnection target = await Network.Dialer.DialAsync(HostEndPoint.Parse(request.Split(' ')[1]));
        await client.Stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        await Task.WhenAll(CopyAsync(client, target), CopyAsync(target, client));
    });

    /// <summary>Sends data to somebody, ends, and reads until the other end does.</summary>
    public static async Task<byte[]> ExchangeAsync(HostEndPoint endPoint, byte[] data)
    {
        await using IConnection connection = await Network.Dialer.DialAsync(endPoint).OrFail();
        Task<byte[]> reading = connection.ReadToEndAsync();
        await connection.SendAndEndAsync(data).OrFail();
        return await reading.OrFail();
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _accepting.OrFail();
        foreach (IConnection connection in _connections)
        {
            connection.Abort();
        }

        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static Task CopyAsync(IConnection connection) => CopyAsync(connection, connection);

    private static async Task CopyAsync(IConnection from, IConnection to)
    {
        await from.Stream.CopyToAsync(to.Stream);
        await to.CompleteWritesAsync();
    }

    private async Task AcceptAsync(Func<IConnection, Task> serve)
    {
        while (await _listener.AcceptAsync() is { } connection)
        {
            _connections.Add(connection);
            _serving.Add(ServeAsync(connection, serve));
        }
    }

    private static async Task ServeAsync(IConnection connection, Func<IConnection, Task> serve)
    {
        await using (connection)
        {
            await serve(connection);
        }
    }
}
