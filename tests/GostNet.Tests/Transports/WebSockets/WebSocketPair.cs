using GostNet.Testing;
using GostNet.Tests.Shared;
using GostNet.Transports.WebSockets;

namespace GostNet.Tests.Transports.WebSockets;

/// <summary>Both sides of a WebSocket over an in-memory connection, after their handshake.</summary>
internal sealed record WebSocketPair(
    IConnection Client, IConnection Server, InMemoryConnection ClientCarrier, InMemoryConnection ServerCarrier) : IAsyncDisposable
{
    public static async Task<WebSocketPair> ConnectAsync(bool isCompressed = false, int bufferSize = 64 * 1024)
    {
        (InMemoryConnection near, InMemoryConnection far) = InMemoryConnection.CreatePair(bufferSize: bufferSize);
        Task<IConnection> server =
            new WebSocketServer(new() { Compression = isCompressed }, TimeProvider.System).StartAsync(far, default).AsTask();
        WebSocketClient client = new(new() { Compression = isCompressed }, new("node", 80), TimeProvider.System);
        return new(await client.StartAsync(near, default).OrFail(), await server.OrFail(), near, far);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
