namespace GostNet.Internal;

/// <summary>A stream that yields bytes read ahead of it first, and then is the stream below.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream inner) : ReadLayerStream(inner)
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    /// <summary>Whether everything read ahead has been handed out.</summary>
    public bool IsDrained => _prefix.IsEmpty;

    public override int Read(Span<byte> buffer) => IsDrained ? Inner.Read(buffer) : TakePrefix(buffer);

    // A read of no bytes waits for data on the stream below; while some is here already, it is done.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        IsDrained ? Inner.ReadAsync(buffer, cancellationToken)
        : cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken)
        : new(TakePrefix(buffer.Span));

    private int TakePrefix(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _prefix.Length);
        _prefix.Span[..count].CopyTo(buffer);
        _prefix = count == _prefix.Length ? default : _prefix[count..]; // lets go of the array with its last byte
        return count;
    }
}
