using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Sessions;

/// <summary>What is logged about SSH connections: events 7200 to 7299.</summary>
internal static partial class SessionsLog
{
    /// <summary>Keys were exchanged and somebody has logged in.</summary>
    public const int EstablishedId = 7200;

    /// <summary>A connection is over.</summary>
    public const int EndedId = 7201;

    [LoggerMessage(EstablishedId, LogLevel.Debug, "An SSH connection to {PeerVersion} is ready: {KeyExchange}, {HostKey}, {Cipher}.")]
    public static partial void SshEstablished(this ILogger logger, string peerVersion, string keyExchange, string hostKey, string cipher);

    [LoggerMessage(EndedId, LogLevel.Debug, "An SSH connection has ended: {Reason}")]
    public static partial void SshEnded(this ILogger logger, string reason);
}
