using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GostNet.Building;

/// <summary>What a hop of a chain stands on.</summary>
/// <param name="Network">The network of this machine.</param>
/// <param name="IsFirst">Whether the hop is reached from this machine, and not through others.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record HopGround(INetwork Network, bool IsFirst, TimeProvider Time, ILogger Logger)
{
    public static HopGround Create(BuildSettings settings, bool isFirst) => new(
        settings.Ground,
        isFirst,
        settings.TimeProvider,
        (settings.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(LogCategories.Dialer));
}
