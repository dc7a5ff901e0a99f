using GostNet.Chains;
using GostNet.Diagnostics;
using GostNet.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Building;

/// <summary>What a hop of a chain stands on.</summary>
/// <param name="Network">The network of this machine.</param>
/// <param name="IsFirst">Whether the hop is reached from this machine, and not through others.</param>
/// <param name="Sessions">Whose sessions those of its nodes are.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record HopGround(INetwork Network, bool IsFirst, LiveSessions Sessions, TimeProvider Time, ILogger Logger)
{
    public static HopGround Create(BuildSettings settings, bool isFirst, LiveSessions sessions) => new(
        settings.Ground,
        isFirst,
        sessions,
        settings.TimeProvider,
        (settings.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategories.Dialer));

    /// <summary>Makes the transport to one node.</summary>
    /// <param name="transport">What was asked for.</param>
    /// <param name="server">The address that the server goes by.</param>
    /// <param name="name">What logs call the node.</param>
    /// <exception cref="ArgumentException">The options of a layer cannot be used.</exception>
    public NodeTransport CreateTransport(ClientTransport transport, HostEndPoint server, string name)
    {
        TransportLayers layers = transport.Stack.Create(new(server, name, Time, Logger));
        return new NodeTransport(layers, layers.Multiplexing is null ? null : new SessionPool(transport.Sessions, Sessions));
    }
}
