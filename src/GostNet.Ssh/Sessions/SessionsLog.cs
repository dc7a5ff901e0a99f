using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Sessions;

/// <summary>What is logged of SSH connections.</summary>
internal static partial class SessionsLog
{
    [LoggerMessage(7200, LogLevel.Debug, "An SSH connection to {PeerVersion} is ready: {KeyExchange}, {HostKey}, {Cipher}.")]
    public static partial void Established(ILogger logger, string peerVersion, string keyExchange, string hostKey, string cipher);

    [LoggerMessage(7201, LogLevel.Debug, "An SSH connection has ended: {Reason}")]
    public static partial void Ended(ILogger logger, string reason);
}
