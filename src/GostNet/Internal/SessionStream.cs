namespace GostNet.Internal;

/// <summary>The bytes of one stream of a session. Disposing it closes the stream, for callers that are handed nothing but this.</summary>
internal sealed class SessionStream(ISessionStreamOwner owner) : UnseekableStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        owner.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        owner.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owner.Close();
        }

        base.Dispose(disposing);
    }
}
