using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>Translates between the reasons of channels that were not opened and ours (ssh, section 5).</summary>
internal static class ForwardErrors
{
    // What servers say of a target that they did not reach: their resolver's and their system's words.
    private static readonly (string Words, ForwardError Error)[] KnownWords =
    [
        ("refused", ForwardError.ConnectionRefused),
        ("timed out", ForwardError.TimedOut),
        ("timeout", ForwardError.TimedOut),
        ("not known", ForwardError.NameNotResolved),
        ("name resolution", ForwardError.NameNotResolved),
        ("no such host", ForwardError.NameNotResolved),
        ("unknown host", ForwardError.NameNotResolved),
        ("nodename nor servname", ForwardError.NameNotResolved),
        ("no address associated", ForwardError.NameNotResolved),
        ("no route to host", ForwardError.HostUnreachable),
        ("host is unreachable", ForwardError.HostUnreachable),
        ("host is down", ForwardError.HostUnreachable),
        ("network is unreachable", ForwardError.NetworkUnreachable),
    ];

    /// <summary>What a server's refusal to connect to a target means.</summary>
    /// <param name="refusal">What the server answered.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="target">What it was asked for.</param>
    public static ForwardException ToForwardException(ChannelRefusedException refusal, string server, HostEndPoint target)
    {
        (ForwardError error, string meaning) = refusal.Failure switch
        {
            ChannelOpenFailure.ConnectFailed => (ReadReason(refusal.Text), "did not reach it"),
            ChannelOpenFailure.AdministrativelyProhibited => (ForwardError.Forbidden, "does not allow it"),
            ChannelOpenFailure.UnknownChannelType => (ForwardError.CommandNotSupported, "does not forward connections"),
            ChannelOpenFailure.ResourceShortage => (ForwardError.ProxyFailure, "can open no more"),
            _ => (ForwardError.ProxyFailure, $"failed for reason {(int)refusal.Failure}"),
        };
        return new(error, $"SSH server {server}, asked for {target}, {meaning}: {refusal.Text}", refusal)
        {
            Target = target,
            IsTargetFault = refusal.Failure == ChannelOpenFailure.ConnectFailed,
        };
    }

    /// <summary>What a client is told whose target was not reached, in words that <see cref="ToForwardException"/> reads again.</summary>
    public static (ChannelOpenFailure Failure, string Text) ToRefusal(ForwardError error) => error switch
    {
        ForwardError.Forbidden => (ChannelOpenFailure.AdministrativelyProhibited, "not allowed by the rules of the server"),
        ForwardError.LocalResources => (ChannelOpenFailure.ResourceShortage, "the server has no resources left"),
        ForwardError.ConnectionRefused => (ChannelOpenFailure.ConnectFailed, "Connection refused"),
        ForwardError.TimedOut => (ChannelOpenFailure.ConnectFailed, "Connection timed out"),
        ForwardError.NameNotResolved => (ChannelOpenFailure.ConnectFailed, "name not known"),
        ForwardError.HostUnreachable => (ChannelOpenFailure.ConnectFailed, "No route to host"),
        ForwardError.NetworkUnreachable => (ChannelOpenFailure.ConnectFailed, "Network is unreachable"),
        _ => (ChannelOpenFailure.ConnectFailed, "the target could not be reached"),
    };

    private static ForwardError ReadReason(string text)
    {
        foreach ((string words, ForwardError error) in KnownWords)
        {
            if (text.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return error;
            }
        }

        return ForwardError.TargetUnreachable;
    }
}
