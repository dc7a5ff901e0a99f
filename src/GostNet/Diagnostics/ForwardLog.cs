using System.Net;
using Microsoft.Extensions.Logging;

namespace GostNet.Diagnostics;

/// <summary>What is logged about forwards and their connections.</summary>
internal static partial class ForwardLog
{
    [LoggerMessage(LogEventIds.ForwardListening, LogLevel.Information, "{Forward} listens on {ListenEndPoint}")]
    public static partial void ForwardListening(this ILogger logger, string forward, EndPoint listenEndPoint);

    [LoggerMessage(LogEventIds.ForwardStopped, LogLevel.Information, "{Forward} has stopped")]
    public static partial void ForwardStopped(this ILogger logger, string forward);

    [LoggerMessage(LogEventIds.ForwardFaulted, LogLevel.Error, "{Forward} ended by itself")]
    public static partial void ForwardFaulted(this ILogger logger, Exception exception, string forward);

    [LoggerMessage(LogEventIds.FarEndLost, LogLevel.Warning, "{Forward} does not listen at the far end, which is asked again in {Seconds} s: {Problem}")]
    public static partial void FarEndLost(this ILogger logger, string forward, double seconds, string problem);

    [LoggerMessage(LogEventIds.AcceptFailed, LogLevel.Warning, "{Forward} cannot accept just now and pauses for {Milliseconds} ms: {Problem}")]
    public static partial void AcceptFailed(this ILogger logger, string forward, double milliseconds, string problem);

    [LoggerMessage(LogEventIds.ConnectionRejected, LogLevel.Warning, "{Forward} has {Count} connections and turned {Client} away")]
    public static partial void ConnectionRejected(this ILogger logger, string forward, int count, EndPoint? client);

    [LoggerMessage(LogEventIds.ClientRejected, LogLevel.Information, "{Forward} turned {Client} away: {Problem}")]
    public static partial void ClientRejected(this ILogger logger, string forward, EndPoint? client, string problem);

    [LoggerMessage(LogEventIds.HandshakeFailed, LogLevel.Debug, "{Forward} dropped {Client} before it was ready: {Problem}")]
    public static partial void HandshakeFailed(this ILogger logger, string forward, EndPoint? client, string problem);

    [LoggerMessage(LogEventIds.DialFailed, LogLevel.Debug, "Connection {ConnectionId}, attempt {Attempt}: {Problem}")]
    public static partial void DialFailed(this ILogger logger, long connectionId, int attempt, string problem);

    [LoggerMessage(LogEventIds.DialGivenUp, LogLevel.Warning, "{Forward} gave up {Client} after {Attempts} attempts: {Problem}")]
    public static partial void DialGivenUp(this ILogger logger, string forward, EndPoint? client, int attempts, string problem);

    [LoggerMessage(LogEventIds.ConnectionOpened, LogLevel.Debug, "Connection {ConnectionId}: {Client} to {Target}")]
    public static partial void ConnectionOpened(this ILogger logger, long connectionId, EndPoint? client, HostEndPoint? target);

    [LoggerMessage(
        LogEventIds.ConnectionClosed,
        LogLevel.Debug,
        "Connection {ConnectionId} ended: {Reason}, {BytesFromClient} bytes from the client and {BytesFromTarget} from the target in {Seconds} s")]
    public static partial void ConnectionClosed(
        this ILogger logger, long connectionId, ConnectionEnd reason, long bytesFromClient, long bytesFromTarget, double seconds);

    [LoggerMessage(LogEventIds.DatagramDropped, LogLevel.Debug, "{Forward} dropped a datagram of {Size} bytes: {Reason}")]
    public static partial void DatagramDropped(this ILogger logger, string forward, int size, string reason);

    [LoggerMessage(LogEventIds.EventHandlerFailed, LogLevel.Error, "A handler of {EventName} threw")]
    public static partial void EventHandlerFailed(this ILogger logger, Exception exception, string eventName);
}
