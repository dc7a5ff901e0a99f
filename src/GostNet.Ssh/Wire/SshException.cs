namespace GostNet.Ssh.Wire;

/// <summary>The connection cannot go on. Whoever catches it tells the peer, if that is still possible, and closes.</summary>
/// <remarks>It never holds a secret, and what a peer said stands in it escaped and cut (<see cref="PeerText"/>).</remarks>
internal sealed class SshException : IOException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="reason">What the peer is told.</param>
    /// <param name="error">What users of the library are told.</param>
    /// <param name="message">What happened, as a sentence.</param>
    /// <param name="innerException">What lies behind it.</param>
    public SshException(DisconnectReason reason, ForwardError error, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        Error = error;
    }

    /// <summary>What the peer is told.</summary>
    public DisconnectReason Reason { get; }

    /// <summary>What users of the library are told.</summary>
    public ForwardError Error { get; }

    /// <summary>The peer does not keep to the protocol.</summary>
    public static SshException Protocol(string message) => new(DisconnectReason.ProtocolError, ForwardError.ProtocolError, message);

    /// <summary>The key exchange failed.</summary>
    public static SshException KeyExchange(string message, Exception? innerException = null) =>
        new(DisconnectReason.KeyExchangeFailed, ForwardError.ProtocolError, message, innerException);
}
