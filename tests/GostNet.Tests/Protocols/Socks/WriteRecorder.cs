using GostNet.Internal;

namespace GostNet.Tests.Protocols.Socks;

/// <summary>A layer that does nothing but note how long each write is. In TLS, each would be a record.</summary>
internal sealed class WriteRecorder : ReadLayerConnection
{
    private WriteRecorder(IConnection inner, RecordingStream stream)
        : base(inner, stream)
    {
    }

    protected override bool IsTransparent => false;

    public static WriteRecorder Create(IConnection inner, List<int> writes) => new(inner, new RecordingStream(inner.Stream, writes));

    private sealed class RecordingStream(Stream inner, List<int> writes) : ReadLayerStream(inner)
    {
        public override int Read(Span<byte> buffer) => Inner.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            writes.Add(buffer.Length);
            return Inner.WriteAsync(buffer, cancellationToken);
        }
    }
}
