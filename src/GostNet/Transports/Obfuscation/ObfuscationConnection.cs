using GostNet.Internal;

namespace GostNet.Transports.Obfuscation;

/// <summary>A disguised connection. Its ends are those of the connection below: neither disguise has one of its own.</summary>
internal sealed class ObfuscationConnection(ObfuscationStream stream) : LayeredConnection(stream.Connection, stream)
{
    protected override bool IsTransparent => stream.IsTransparent;

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default) =>
        stream.CompleteWritesAsync(cancellationToken);

    public override void Abort()
    {
        stream.GiveUp();
        base.Abort();
    }

    public override ValueTask DisposeAsync()
    {
        stream.GiveUp();
        return base.DisposeAsync();
    }
}
