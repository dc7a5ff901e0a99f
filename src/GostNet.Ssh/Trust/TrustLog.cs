using System.Net;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Trust;

/// <summary>What is logged about host keys and authorized keys: events 7100 to 7199.</summary>
internal static partial class TrustLog
{
    /// <summary>A line of a file of keys cannot be used.</summary>
    public const int LineSkippedId = 7100;

    /// <summary>More lines of the file cannot be used.</summary>
    public const int LinesSkippedId = 7101;

    /// <summary>A server that nobody knew was written to the known hosts.</summary>
    public const int HostAddedId = 7110;

    /// <summary>A server that nobody knew was taken, and could not be written to the known hosts.</summary>
    public const int HostNotAddedId = 7111;

    /// <summary>A server was taken without knowing who it is.</summary>
    public const int HostNotVerifiedId = 7112;

    /// <summary>A server is known, but with another key at its address.</summary>
    public const int AddressDiffersId = 7113;

    /// <summary>A server was found without its port.</summary>
    public const int HostFoundWithoutPortId = 7114;

    /// <summary>A file of known hosts cannot be read, and is done without.</summary>
    public const int KnownHostsNotReadId = 7115;

    /// <summary>The keys of users were read.</summary>
    public const int KeysReadId = 7120;

    /// <summary>The keys of users cannot be read, and nobody may log in by them.</summary>
    public const int KeysNotReadId = 7121;

    /// <summary>A key of a user is listed, and may not log in now or from there.</summary>
    public const int KeyNotAllowedId = 7122;

    [LoggerMessage(LineSkippedId, LogLevel.Warning, "{File}:{Line} is passed over: {Problem}")]
    public static partial void LineSkipped(this ILogger logger, string file, int line, string problem);

    [LoggerMessage(LinesSkippedId, LogLevel.Warning, "{Count} more lines of {File} are passed over")]
    public static partial void LinesSkipped(this ILogger logger, string file, int count);

    [LoggerMessage(HostAddedId, LogLevel.Warning, "The server {Host} was not known, and is added to {File} with the key {Key}")]
    public static partial void HostAdded(this ILogger logger, string host, string file, string key);

    [LoggerMessage(
        HostNotAddedId,
        LogLevel.Warning,
        "The server {Host} was not known, and is taken with the key {Key} for now, since {File} cannot be written: {Problem}")]
    public static partial void HostNotAdded(this ILogger logger, string host, string key, string file, string problem);

    [LoggerMessage(
        HostNotVerifiedId,
        LogLevel.Warning,
        "The server {Host} is not verified, and may be anybody: its key is {Key}. Write host_key={Fingerprint} to verify it")]
    public static partial void HostNotVerified(this ILogger logger, string host, string key, string fingerprint);

    [LoggerMessage(
        AddressDiffersId, LogLevel.Warning, "The server {Host} is known by its name, but {Place} has another key for its address {Address}")]
    public static partial void AddressDiffers(this ILogger logger, string host, IPAddress address, KnownHostPlace place);

    [LoggerMessage(HostFoundWithoutPortId, LogLevel.Debug, "The server {Host} is known by {Place}, which is without its port")]
    public static partial void HostFoundWithoutPort(this ILogger logger, string host, KnownHostPlace place);

    [LoggerMessage(KnownHostsNotReadId, LogLevel.Warning, "{File} cannot be read, and is done without: {Problem}")]
    public static partial void KnownHostsNotRead(this ILogger logger, string file, string problem);

    [LoggerMessage(KeysReadId, LogLevel.Information, "Read {Count} keys from {File}")]
    public static partial void KeysRead(this ILogger logger, int count, string file);

    [LoggerMessage(KeysNotReadId, LogLevel.Error, "{File} cannot be used, and no key may log in: {Problem}")]
    public static partial void KeysNotRead(this ILogger logger, string file, string problem);

    [LoggerMessage(KeyNotAllowedId, LogLevel.Information, "The key {Key} of {File}:{Line} may not log in {Reason}")]
    public static partial void KeyNotAllowed(this ILogger logger, string key, string file, int line, string reason);
}
