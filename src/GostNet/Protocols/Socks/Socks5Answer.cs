namespace GostNet.Protocols.Socks;

/// <summary>A control connection on which the server has answered a request.</summary>
/// <param name="Connection">The connection, with TLS over it if that was agreed on.</param>
/// <param name="Exchange">What reads from it and words what goes wrong.</param>
/// <param name="Bound">The address on the server's side, if it granted the request and told one.</param>
/// <param name="Refusal">The refusal in the reply, or that the server closed the connection in place of one; <see langword="null"/> if
/// it granted the request.</param>
internal sealed record Socks5Answer(IConnection Connection, NodeExchange Exchange, HostEndPoint? Bound, ForwardException? Refusal)
{
    /// <summary>Whether the server may not know the command: it says so, or closed the connection as GOST does (socks, section 9).</summary>
    public bool MayNotKnow => Refusal?.Error is ForwardError.CommandNotSupported or ForwardError.ConnectionClosed;
}
