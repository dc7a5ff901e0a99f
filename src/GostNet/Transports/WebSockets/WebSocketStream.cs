using GostNet.Internal;

namespace GostNet.Transports.WebSockets;

/// <summary>The bytes in the messages of a WebSocket. Where a message ends means nothing.</summary>
internal sealed class WebSocketStream(WebSocketConnection connection) : UnseekableStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);
}
