using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Forwarding;

/// <summary>What the forwards of one forwarder share.</summary>
internal sealed record ForwardContext(
    INetwork Network, TimeProvider Time, GostNetMetrics Metrics, ILogger Logger, ConnectionTable Connections);
