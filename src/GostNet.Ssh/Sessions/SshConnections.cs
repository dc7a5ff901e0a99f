using GostNet.Ssh.Authentication;

namespace GostNet.Ssh.Sessions;

/// <summary>Makes SSH connections of connections.</summary>
/// <remarks>The carrier stays the caller's until it succeeds; from then on it is the connection's. What is thrown is
/// <see cref="Wire.SshException"/> or another <see cref="IOException"/>; the peer has been told by then.</remarks>
internal static class SshConnections
{
    /// <summary>Begins a connection as its client.</summary>
    /// <param name="carrier">The connection to the server.</param>
    /// <param name="settings">What it goes by.</param>
    /// <param name="login">Logs in, from SERVICE_REQUEST to USERAUTH_SUCCESS; what it throws is thrown.</param>
    /// <param name="handler">What is done with what the server asks for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<ISshConnection> ConnectAsync(
        IConnection carrier,
        SshClientSettings settings,
        Func<IAuthenticationPipe, CancellationToken, ValueTask> login,
        ISshConnectionHandler handler,
        CancellationToken cancellationToken)
    {
        (ISshConnection connection, _) = await SshConnection.EstablishAsync(
            carrier,
            SshRole.Client,
            settings,
            async (pipe, token) =>
            {
                await login(pipe, token).ConfigureAwait(false);
                return true;
            },
            (_, _) => handler,
            cancellationToken).ConfigureAwait(false);
        return connection;
    }

    /// <summary>Begins a connection as its server.</summary>
    /// <typeparam name="TUser">Who has logged in.</typeparam>
    /// <param name="carrier">The connection to the client.</param>
    /// <param name="settings">What it goes by.</param>
    /// <param name="login">Has somebody log in, from SERVICE_REQUEST to USERAUTH_SUCCESS; what it throws is thrown.</param>
    /// <param name="handle">Makes what handles the requests of the client who has logged in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static ValueTask<(ISshConnection Connection, TUser User)> AcceptAsync<TUser>(
        IConnection carrier,
        SshServerSettings settings,
        Func<IAuthenticationPipe, CancellationToken, ValueTask<TUser>> login,
        Func<ISshConnection, TUser, ISshConnectionHandler> handle,
        CancellationToken cancellationToken) =>
        SshConnection.EstablishAsync(carrier, SshRole.Server, settings, login, handle, cancellationToken);
}
