using Microsoft.Extensions.Logging;

namespace GostNet.Examples.Gost;

/// <summary>What is logged beside the library's own messages.</summary>
internal static partial class ForwardCommandLog
{
    [LoggerMessage(1, LogLevel.Information, "Stopping; {Count} connections have {Seconds} s to finish, Ctrl-C ends them at once")]
    public static partial void Stopping(this ILogger logger, int count, double seconds);

    [LoggerMessage(
        2, LogLevel.Warning, "{Route} has chain nodes and no serve nodes, so nothing goes through them; each route has a chain of its own")]
    public static partial void ChainUnused(this ILogger logger, string route);
}
