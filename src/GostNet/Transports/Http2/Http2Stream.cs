using GostNet.Internal;

namespace GostNet.Transports.Http2;

/// <summary>The bytes of one stream of a session. Disposing it closes the stream, for callers that are handed nothing but this.</summary>
internal sealed class Http2Stream(Http2Connection connection) : UnseekableStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Close();
        }

        base.Dispose(disposing);
    }
}
