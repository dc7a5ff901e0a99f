using GostNet.Internal;

namespace GostNet.Protocols.Sni;

/// <summary>A connection to an SNI proxy that shows another name than the target's.</summary>
internal sealed class SniDisguiseConnection(IConnection node, SniDisguiseStream stream) : LayeredConnection(node, stream)
{
    protected override bool IsTransparent => stream.IsDone;

    public override ValueTask CompleteWritesAsync(CancellationToken cancellationToken = default)
    {
        stream.ThrowIfHolding();
        return base.CompleteWritesAsync(cancellationToken);
    }

    public override void Abort()
    {
        stream.StopWaiting();
        base.Abort();
    }
}
