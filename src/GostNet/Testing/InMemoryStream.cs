using GostNet.Internal;

namespace GostNet.Testing;

/// <summary>The stream of one end. Disposing it closes the end, for callers that are handed nothing but a stream.</summary>
internal sealed class InMemoryStream(InMemoryConnection connection) : UnseekableStream
{
    public override bool CanRead => !connection.IsDisposed;

    public override bool CanWrite => !connection.IsDisposed;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        connection.Close();
        base.Dispose(disposing);
    }
}
