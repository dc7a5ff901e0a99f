using System.Diagnostics.Metrics;
using GostNet.Building.Nodes;
using Microsoft.Extensions.Logging;

namespace GostNet.Building;

/// <summary>What all routes of a builder share.</summary>
internal sealed class BuildSettings
{
    public ILoggerFactory? LoggerFactory { get; set; }

    public IMeterFactory? MeterFactory { get; set; }

    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    public INetwork? Network { get; set; }

    /// <summary>What everything stands on: the network that was given, or the system's sockets.</summary>
    public INetwork Ground => Network ?? new SocketNetwork(timeProvider: TimeProvider);

    public UnverifiedPeers UnverifiedPeers { get; set; } = UnverifiedPeers.Refuse;

    /// <summary>The transports that node URLs can name.</summary>
    public NodeTransports Transports { get; set; } = NodeTransports.BuiltIn;

    /// <summary>Reads the files that node URLs name.</summary>
    public NodeFiles Files { get; set; } = new();
}
