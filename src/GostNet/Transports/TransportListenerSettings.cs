using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Transports;

/// <summary>How a <see cref="TransportListener"/> goes about it.</summary>
/// <param name="Name">What logs and metrics call it.</param>
/// <param name="HandshakeTimeout">How long one connection may take until it is ready.</param>
/// <param name="MaxHandshakes">How many may be at it at a time.</param>
/// <param name="Time">The clock.</param>
/// <param name="Metrics">Counts what failed.</param>
/// <param name="Logger">Is told why.</param>
internal sealed record TransportListenerSettings(
    string Name, TimeSpan HandshakeTimeout, int MaxHandshakes, TimeProvider Time, GostNetMetrics Metrics, ILogger Logger);
