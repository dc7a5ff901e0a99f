using GostNet.Ssh.Authentication;
using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;

namespace GostNet.Ssh.Building;

/// <summary>The client's end of SSH: logs in, and then carries GOST's tunnels or forwards ports.</summary>
/// <param name="name">What messages call the server.</param>
/// <param name="settings">What the connection goes by.</param>
/// <param name="authentication">Logs in.</param>
/// <param name="forwards">Whether ports are forwarded.</param>
internal sealed class SshClientLayer(string name, SshClientSettings settings, ClientAuthentication authentication, bool forwards) : IMultiplexLayer
{
    public async ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken = default) => forwards
        ? await SshErrors.TranslateAsync(ForwardingClientSession.StartAsync(name, handler => ConnectAsync(carrier, handler, cancellationToken)))
            .ConfigureAwait(false)
        : new TunnelClientSession(
            await SshErrors.TranslateAsync(ConnectAsync(carrier, TunnelClientSession.Handler, cancellationToken)).ConfigureAwait(false), name);

    private ValueTask<ISshConnection> ConnectAsync(IConnection carrier, ISshConnectionHandler handler, CancellationToken cancellationToken) =>
        SshConnections.ConnectAsync(
            carrier, settings, authentication.RunAsync, handler, cancellationToken);
}
