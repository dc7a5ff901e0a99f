using Microsoft.Extensions.Logging;

namespace GostNet.Diagnostics;

/// <summary>What is logged about dialling and the health of nodes.</summary>
internal static partial class DialerLog
{
    [LoggerMessage(LogEventIds.ChainDialed, LogLevel.Debug, "Reached {Target} through {Route}")]
    public static partial void ChainDialed(this ILogger logger, HostEndPoint target, string route);

    [LoggerMessage(LogEventIds.NodeDied, LogLevel.Warning, "{Node} failed too often and is left out for {Seconds} s")]
    public static partial void NodeDied(this ILogger logger, string node, double seconds);

    [LoggerMessage(LogEventIds.NodeRevived, LogLevel.Information, "{Node} works again")]
    public static partial void NodeRevived(this ILogger logger, string node);

    [LoggerMessage(LogEventIds.PeersReloaded, LogLevel.Information, "Read {Count} nodes from {File}")]
    public static partial void PeersReloaded(this ILogger logger, int count, string file);

    [LoggerMessage(LogEventIds.PeersNotReloaded, LogLevel.Warning, "{File} cannot be used, and the nodes stay as they are: {Problem}")]
    public static partial void PeersNotReloaded(this ILogger logger, string file, string problem);
}
