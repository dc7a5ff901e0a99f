using Microsoft.Extensions.Logging;

namespace GostNet.Diagnostics;

/// <summary>What is logged about the proxies of a chain and what they can do.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(LogEventIds.CommandReplaced, LogLevel.Warning, "{Node} does not know {Command}, and {Replacement} is used: {Reason}")]
    public static partial void CommandReplaced(this ILogger logger, string node, string command, string replacement, string reason);

    [LoggerMessage(LogEventIds.PeerAddressUnknown, LogLevel.Warning,
        "{Node} reports a peer of {Listener} as {Peer}, as GOST 2.8.1 does with IPv6; it cannot be answered")]
    public static partial void PeerAddressUnknown(this ILogger logger, string node, string listener, string peer);

    [LoggerMessage(LogEventIds.BindNotShared, LogLevel.Information,
        "{Node} does not let {Listener} be listened on by more than {Count} control connections: {Reason}")]
    public static partial void BindNotShared(this ILogger logger, string node, string listener, int count, string reason);

    [LoggerMessage(LogEventIds.BindShared, LogLevel.Debug, "{Node} has one more control connection listen at {Listener}")]
    public static partial void BindShared(this ILogger logger, string node, string listener);

    [LoggerMessage(LogEventIds.ClientRejected, LogLevel.Debug, "A client is not answered, nor will others from its address be: {Problem}")]
    public static partial void ClientIgnored(this ILogger logger, string problem);
}
