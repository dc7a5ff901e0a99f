using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Forwarding;

/// <summary>GOST's tunnel over SSH (ssh, section 1.5): connections to the server's own handler.</summary>
/// <param name="connection">The connection, which the session owns.</param>
/// <param name="server">The server's name in messages.</param>
internal sealed class TunnelClientSession(ISshConnection connection, string server) : ChannelSession(connection)
{
    /// <summary>Handles what a server asks for: it may have nothing.</summary>
    public static ISshConnectionHandler Handler { get; } = new RemotePorts("");

    public override async ValueTask<IConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Connection.OpenChannelAsync(ForwardingCodec.GostTunnel, default, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelRefusedException e)
        {
            bool isForeign = e.Failure == ChannelOpenFailure.UnknownChannelType;
            throw new ForwardException(
                isForeign ? ForwardError.CommandNotSupported : ForwardError.ProxyFailure,
                $"SSH server {server} does not open a tunnel: {e.Text}{(isForeign ? " (only GOST's ssh servers do; forward+ssh goes to all others)" : "")}",
                e);
        }
    }

    public override ValueTask<IConnection?> AcceptAsync(CancellationToken cancellationToken) => AcceptNothingAsync(cancellationToken);
}
