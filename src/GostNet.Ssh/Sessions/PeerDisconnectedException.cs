using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Sessions;

/// <summary>The peer has sent DISCONNECT.</summary>
/// <param name="reason">Why.</param>
/// <param name="text">What it said, escaped.</param>
internal sealed class PeerDisconnectedException(DisconnectReason reason, string text) : IOException
{
    /// <summary>Why.</summary>
    public DisconnectReason Reason => reason;

    /// <summary>The same for who uses the connection.</summary>
    public SshException ToSshException() => new(
        DisconnectReason.ConnectionLost,
        reason == DisconnectReason.NoMoreAuthMethodsAvailable ? ForwardError.AuthenticationFailed : ForwardError.ConnectionClosed,
        $"The peer has ended the SSH connection: {(text.Length > 0 ? text : "no reason given")} ({reason}).");
}
