namespace GostNet.Protocols.Socks;

/// <summary>Tells a client in a reply code why it does not get what it asked for (socks, section 9).</summary>
internal static class Socks5ServerReplies
{
    /// <summary>Why a target was not reached.</summary>
    public static Socks5ReplyCode ForConnect(IOException failure) => failure switch
    {
        ForwardException { Error: ForwardError.Forbidden } => Socks5ReplyCode.NotAllowed,
        ForwardException { Error: ForwardError.AddressNotSupported } => Socks5ReplyCode.AddressTypeNotSupported,
        ForwardException { Node: not null, IsTargetFault: false } => Socks5ReplyCode.GeneralFailure, // on the way, not at the target
        ForwardException { Error: ForwardError.ConnectionRefused } => Socks5ReplyCode.ConnectionRefused,
        ForwardException { Error: ForwardError.NetworkUnreachable } => Socks5ReplyCode.NetworkUnreachable,
        ForwardException
        {
            Error: ForwardError.HostUnreachable or ForwardError.NameNotResolved or ForwardError.TimedOut or ForwardError.TargetUnreachable
        } => Socks5ReplyCode.HostUnreachable,
        _ => Socks5ReplyCode.GeneralFailure,
    };

    /// <summary>Why there is no port for the client.</summary>
    public static Socks5ReplyCode ForListening(IOException failure) => failure switch
    {
        ForwardException { Error: ForwardError.Forbidden } => Socks5ReplyCode.NotAllowed,
        ForwardException { Error: ForwardError.NameNotResolved } => Socks5ReplyCode.HostUnreachable,
        ForwardException { Error: ForwardError.CommandNotSupported } => Socks5ReplyCode.CommandNotSupported, // the chain cannot
        _ => Socks5ReplyCode.GeneralFailure,
    };
}
