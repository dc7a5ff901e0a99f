using System.Net.Sockets;

namespace GostNet.Transports;

/// <summary>Translates the operating system's errors into ours.</summary>
internal static class SocketErrors
{
    public static ForwardError ToForwardError(this SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ForwardError.ConnectionRefused,
        SocketError.NetworkUnreachable or SocketError.NetworkDown => ForwardError.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostDown => ForwardError.HostUnreachable,
        SocketError.TimedOut => ForwardError.TimedOut,
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => ForwardError.ConnectionClosed,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => ForwardError.NameNotResolved,
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable
            or SocketError.ProcessLimit => ForwardError.LocalResources,
        SocketError.AddressFamilyNotSupported or SocketError.ProtocolNotSupported => ForwardError.AddressNotSupported,
        SocketError.MessageSize => ForwardError.DatagramTooLarge,
        _ => ForwardError.Unknown,
    };

    /// <summary>The failure of reaching a target directly. It is the target's, unless this machine lacks something.</summary>
    public static ForwardException ToDialFailure(this SocketException exception, HostEndPoint target)
    {
        ForwardError error = exception.SocketErrorCode.ToForwardError();
        return new ForwardException(error, $"{target} cannot be reached: {exception.Message} ({exception.SocketErrorCode}).", exception)
        {
            Target = target,
            IsTargetFault = error is not ForwardError.LocalResources,
        };
    }
}
