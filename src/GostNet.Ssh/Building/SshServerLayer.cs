using System.Net;
using GostNet.Ssh.Authentication;
using GostNet.Ssh.Forwarding;
using GostNet.Ssh.Sessions;
using GostNet.Ssh.Trust;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Building;

/// <summary>The server's end of SSH: lets clients log in, and then carries GOST's tunnels or forwards ports.</summary>
/// <param name="settings">What the connections go by.</param>
/// <param name="authentication">Decides who may log in.</param>
/// <param name="gate">Keeps out those who come too often.</param>
/// <param name="maxClients">How many connections may be logged in.</param>
/// <param name="forwarding">How ports are forwarded; <see langword="null"/> if there are only tunnels.</param>
internal sealed class SshServerLayer(
    SshServerSettings settings, ServerAuthentication authentication, LoginGate gate, int maxClients, ForwardingServerSettings? forwarding)
    : IMultiplexLayer
{
    private int _clients;

    public async ValueTask<IMultiplexSession> StartAsync(IConnection carrier, CancellationToken cancellationToken = default)
    {
        IPAddress? client = (carrier.RemoteEndPoint as IPEndPoint)?.Address;
        if (!gate.TryEnter(client, out LoginPass? pass))
        {
            await carrier.Stream.WriteAsync(LoginGate.Refusal.ToArray(), cancellationToken).ConfigureAwait(false);
            await carrier.CompleteWritesAsync(cancellationToken).ConfigureAwait(false);
            throw new ForwardException(ForwardError.Forbidden, "Too many connections are logging in, or too many logins have failed.");
        }

        using (pass)
        {
            ServerSession? session = null;
            await SshErrors.TranslateAsync(SshConnections.AcceptAsync(
                carrier,
                settings,
                (pipe, stop) => Volatile.Read(ref _clients) < maxClients
                    ? authentication.RunAsync(pipe, client, stop, pass)
                    : throw TooManyClients(),
                (connection, user) => session = CreateSession(connection, carrier, user),
                cancellationToken)).ConfigureAwait(false);
            return session!;
        }
    }

    private ServerSession CreateSession(ISshConnection connection, IConnection carrier, AuthenticatedUser user)
    {
        bool isTooMany = Interlocked.Increment(ref _clients) > maxClients;
        _ = LeaveAsync(connection);
        if (isTooMany)
        {
            throw TooManyClients(); // others were faster to log in
        }

        return forwarding is null
            ? new TunnelServerSession(connection, settings.MaxChannels)
            : new ForwardingServerSession(connection, forwarding with
            {
                Permissions = ForwardPermissions.Both(forwarding.Permissions, user.Permissions),
                LocalEndPoint = carrier.LocalEndPoint,
                RemoteEndPoint = carrier.RemoteEndPoint,
            });
    }

    private SshException TooManyClients() =>
        new(DisconnectReason.TooManyConnections, ForwardError.Forbidden, $"There are {maxClients} clients already.");

    private async Task LeaveAsync(ISshConnection connection)
    {
        await connection.Completion.ConfigureAwait(false);
        Interlocked.Decrement(ref _clients);
    }
}
