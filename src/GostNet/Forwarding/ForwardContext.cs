using GostNet.Diagnostics;
using GostNet.Transports;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>What the forwards of one forwarder share.</summary>
internal sealed record ForwardContext(
    INetwork Network, TimeProvider Time, GostNetMetrics Metrics, ILogger Logger, ConnectionTable Connections, LiveSessions Sessions)
{
    /// <summary>Counts a datagram that went nowhere.</summary>
    public void DropDatagram(Forward forward, int size, string reason)
    {
        forward.CountDroppedDatagram();
        Metrics.DatagramDropped(forward.Name);
        Logger.DatagramDropped(forward.Name, size, reason);
    }
}
