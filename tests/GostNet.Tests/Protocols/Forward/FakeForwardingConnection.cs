using GostNet.Testing;

namespace GostNet.Tests.Protocols.Forward;

/// <summary>A connection to a node that does on an in-memory network what it is asked for.</summary>
internal sealed class FakeForwardingConnection(InMemoryNetwork network, InMemoryConnection near) : FakeConnection(near), IForwardingConnection
{
    /// <summary>What the node was asked to connect to.</summary>
    public HostEndPoint? Target { get; private set; }

    /// <summary>What it answers instead.</summary>
    public ForwardException? Refusal { get; set; }

    public ValueTask ConnectAsync(HostEndPoint target, CancellationToken cancellationToken = default)
    {
        Target = target;
        return Refusal is null ? ValueTask.CompletedTask : ValueTask.FromException(Refusal);
    }

    public ValueTask<IListener> ListenAsync(HostEndPoint endPoint, CancellationToken cancellationToken = default) =>
        Refusal is null ? network.ListenAsync(endPoint, cancellationToken) : ValueTask.FromException<IListener>(Refusal);
}
