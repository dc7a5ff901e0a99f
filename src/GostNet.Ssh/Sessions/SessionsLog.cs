using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Sessions;

/// <summary>What is logged about SSH connections: events 7300 to 7399.</summary>
internal static partial class SessionsLog
{
    /// <summary>Keys were exchanged and somebody has logged in.</summary>
    public const int EstablishedId = 7300;

    /// <summary>A connection is over.</summary>
    public const int EndedId = 7301;

    [LoggerMessage(EstablishedId, LogLevel.Debug, "An SSH connection to {PeerVersion} is ready: {KeyExchange}, {HostKey}, {Cipher}.")]
    public static partial void SshEstablished(this ILogger logger, string peerVersion, string keyExchange, string hostKey, string cipher);

    [LoggerMessage(EndedId, LogLevel.Debug, "An SSH connection has ended: {Reason}")]
    public static partial void SshEnded(this ILogger logger, string reason);
}
