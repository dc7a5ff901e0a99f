using Microsoft.Extensions.Logging;

namespace GostNet.Diagnostics;

/// <summary>What is logged about the users of servers. Never a password.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(LogEventIds.UsersReloaded, LogLevel.Information, "Read {Count} users from {File}")]
    public static partial void UsersReloaded(this ILogger logger, int count, string file);

    [LoggerMessage(LogEventIds.UsersNotReloaded, LogLevel.Warning, "{File} cannot be used, and the users stay as they are: {Problem}")]
    public static partial void UsersNotReloaded(this ILogger logger, string file, string problem);
}
