using Microsoft.Extensions.Logging;

namespace GostNet.Diagnostics;

/// <summary>What is logged about the configuration.</summary>
internal static partial class ConfigurationLog
{
    [LoggerMessage(LogEventIds.ConfigurationWarning, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger logger, string warning);
}
