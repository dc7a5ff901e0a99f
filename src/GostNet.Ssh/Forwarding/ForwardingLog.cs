using System.Net;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Forwarding;

/// <summary>What is logged about what clients of a server want to forward.</summary>
/// <remarks>What a peer said is given escaped (<see cref="Wire.PeerText"/>). The ids are 7400 to 7499; numbers are never used again for
/// something else.</remarks>
internal static partial class ForwardingLog
{
    /// <summary>A client wants to be connected to something that its login does not allow.</summary>
    public const int ConnectRefused = 7400;

    /// <summary>A client wants to listen where its login does not allow it.</summary>
    public const int ListenRefused = 7401;

    /// <summary>A client listens on fewer addresses than it wants.</summary>
    public const int ListenLimited = 7402;

    [LoggerMessage(ConnectRefused, LogLevel.Information, "{Client} may not connect to {Target}")]
    public static partial void ConnectNotPermitted(this ILogger logger, EndPoint? client, HostEndPoint target);

    [LoggerMessage(ListenRefused, LogLevel.Information, "{Client} may not listen at {Address}, port {Port}")]
    public static partial void ListenNotPermitted(this ILogger logger, EndPoint? client, string address, int port);

    [LoggerMessage(
        ListenLimited, LogLevel.Information, "{Client} wants to listen at '{Address}', port {Port}, and gets the loopback addresses: see GatewayPorts")]
    public static partial void ListenNarrowed(this ILogger logger, EndPoint? client, string address, int port);
}
