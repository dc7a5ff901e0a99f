using GostNet.Transports;

namespace GostNet.Chains;

/// <summary>How bytes travel to one node of a chain.</summary>
/// <param name="Layers">The client side of the transport.</param>
/// <param name="Sessions">The sessions to the node, if the transport multiplexes.</param>
internal sealed record NodeTransport(TransportLayers Layers, SessionPool? Sessions = null)
{
    /// <summary>Plain TCP.</summary>
    public static NodeTransport Tcp { get; } = new(TransportLayers.None);

    /// <summary>Whether many connections go over one, so that those behind the first need nothing of the chain before it.</summary>
    public bool Multiplexes => Sessions is not null;
}
