using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Authentication;

/// <summary>What is logged about logins: never a password, a signature, or a key beyond its fingerprint.</summary>
/// <remarks>What a peer said is given escaped (<see cref="Wire.PeerText"/>). The ids are 7200 to 7299; numbers are never used again for
/// something else.</remarks>
internal static partial class LoginLog
{
    /// <summary>A client has logged in.</summary>
    public const int ClientLoggedIn = 7200;

    /// <summary>A request of a client to be logged in was refused.</summary>
    public const int ClientRefused = 7201;

    /// <summary>A client was dropped, since it has failed as often as it may.</summary>
    public const int ClientGivenUp = 7202;

    /// <summary>A client asked whether a key would do, and it does.</summary>
    public const int KeyWouldDo = 7203;

    /// <summary>A login at a server was done.</summary>
    public const int LoggedIn = 7210;

    /// <summary>A server refused a request to log in.</summary>
    public const int Refused = 7211;

    /// <summary>A server wants more than what it accepted.</summary>
    public const int AcceptedInPart = 7212;

    /// <summary>A key was not tried.</summary>
    public const int KeySkipped = 7213;

    /// <summary>A key could not sign.</summary>
    public const int KeyFailed = 7214;

    /// <summary>The keys of an agent could not be listed.</summary>
    public const int AgentFailed = 7215;

    /// <summary>A server said something before the login was done.</summary>
    public const int Banner = 7216;

    /// <summary>A connection was not taken, since there are too many that are not logged in.</summary>
    public const int ConnectionRejected = 7220;

    /// <summary>No connections are taken from where logins failed, for a while.</summary>
    public const int SourcePenalized = 7221;

    [LoggerMessage(ClientLoggedIn, LogLevel.Information, "{Peer} is logged in as {User} by {Method}, key {Fingerprint}")]
    public static partial void LogClientLoggedIn(this ILogger logger, string peer, string user, string method, string fingerprint);

    [LoggerMessage(ClientRefused, LogLevel.Information, "{Peer} is not logged in as {User} by {Method}, key {Fingerprint}: {Reason}")]
    public static partial void LogClientRefused(
        this ILogger logger, string peer, string user, string method, string fingerprint, string reason);

    [LoggerMessage(ClientRefused, LogLevel.Debug, "{Peer} wants to know how {User} may log in")]
    public static partial void LogMethodsAsked(this ILogger logger, string peer, string user);

    [LoggerMessage(ClientGivenUp, LogLevel.Warning, "{Peer} failed {Count} times to log in as {User}, and is dropped")]
    public static partial void LogClientGivenUp(this ILogger logger, string peer, int count, string user);

    [LoggerMessage(KeyWouldDo, LogLevel.Debug, "{Peer} may log in as {User} with the key {Fingerprint}")]
    public static partial void LogKeyWouldDo(this ILogger logger, string peer, string user, string fingerprint);

    [LoggerMessage(LoggedIn, LogLevel.Information, "{User} is logged in at {Server} by {Method}")]
    public static partial void LogLoggedIn(this ILogger logger, string user, string server, string method);

    [LoggerMessage(Refused, LogLevel.Debug, "{Server} did not let {User} in by {Method}; it offers {Offered}")]
    public static partial void LogRefused(this ILogger logger, string server, string user, string method, string offered);

    [LoggerMessage(AcceptedInPart, LogLevel.Debug, "{Server} accepted {Method} of {User} and wants one more of {Offered}")]
    public static partial void LogAcceptedInPart(this ILogger logger, string server, string method, string user, string offered);

    [LoggerMessage(KeySkipped, LogLevel.Debug, "The key {Key} is not tried at {Server}: {Reason}")]
    public static partial void LogKeySkipped(this ILogger logger, string key, string server, string reason);

    [LoggerMessage(KeyFailed, LogLevel.Warning, "The key {Key} could not sign for {Server}: {Reason}")]
    public static partial void LogKeyFailed(this ILogger logger, string key, string server, string reason);

    [LoggerMessage(AgentFailed, LogLevel.Warning, "The keys of the agent are not tried at {Server}: {Reason}")]
    public static partial void LogAgentFailed(this ILogger logger, string server, string reason);

    [LoggerMessage(EventId = Banner, Message = "{Server} says: {Line}")]
    public static partial void LogBanner(this ILogger logger, LogLevel level, string server, string line);

    [LoggerMessage(ConnectionRejected, LogLevel.Debug, "A connection from {Peer} is not taken: {Reason}")]
    public static partial void LogConnectionRejected(this ILogger logger, string peer, string reason);

    [LoggerMessage(SourcePenalized, LogLevel.Warning, "{Count} logins from {Peer} failed; nobody is let in from there for {Seconds} s")]
    public static partial void LogSourcePenalized(this ILogger logger, int count, string peer, double seconds);
}
