using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Building;

/// <summary>What is worth telling about keys that options name.</summary>
internal static partial class SshBuildLog
{
    [LoggerMessage(7000, LogLevel.Warning, "{Warning}", EventName = "KeyFileWarning")]
    public static partial void KeyFileWarning(this ILogger logger, string warning);

    [LoggerMessage(7001, LogLevel.Information, "{Forward} shows the host key {Type} {Fingerprint}", EventName = "HostKeyUsed")]
    public static partial void HostKeyUsed(this ILogger logger, string forward, string type, string fingerprint);
}
