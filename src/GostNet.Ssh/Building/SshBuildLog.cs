using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Building;

/// <summary>What is worth telling about what options name.</summary>
/// <remarks>The ids are 7000 to 7099; numbers are never used again for something else.</remarks>
internal static partial class SshBuildLog
{
    /// <summary>A file with a private key is not as it should be.</summary>
    public const int KeyFileWarningId = 7000;

    /// <summary>A server has a host key.</summary>
    public const int HostKeyUsedId = 7001;

    /// <summary>A key may not use a tunnel, because it may not forward everything.</summary>
    public const int KeyIsLimitedId = 7002;

    [LoggerMessage(KeyFileWarningId, LogLevel.Warning, "{Warning}", EventName = "KeyFileWarning")]
    public static partial void KeyFileWarning(this ILogger logger, string warning);

    [LoggerMessage(HostKeyUsedId, LogLevel.Information, "{Forward} shows the host key {Type} {Fingerprint}", EventName = "HostKeyUsed")]
    public static partial void HostKeyUsed(this ILogger logger, string forward, string type, string fingerprint);

    [LoggerMessage(
        KeyIsLimitedId,
        LogLevel.Information,
        "The key {Fingerprint} may not forward everything, so it may not log in to a tunnel, which cannot be held to that",
        EventName = "KeyIsLimited")]
    public static partial void KeyIsLimited(this ILogger logger, string fingerprint);
}
