using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Authentication;

/// <summary>The client's side of a login (ssh, section 2.9). It may be used for any number of connections, one after another or at
/// once.</summary>
internal sealed class ClientAuthentication(ClientAuthenticationSettings settings)
{
    /// <summary>How many keys are offered at most: a server lets go of a client after six failures.</summary>
    public const int MaxKeys = 5;

    /// <summary>How often a server may accept a method and want one more.</summary>
    public const int MaxPartialSuccesses = 16;

    /// <summary>How many lines a server may say before the login is done.</summary>
    public const int MaxBannerLines = 1024;

    /// <summary>Logs in: returns once the server has said USERAUTH_SUCCESS, and has read nothing behind it.</summary>
    /// <param name="pipe">The connection, after its first key exchange.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no more use then.</param>
    /// <exception cref="SshException">The server does not let the user in: <see cref="ForwardError.AuthenticationRequired"/> if nothing
    /// is configured that it takes, else <see cref="ForwardError.AuthenticationFailed"/>. Or the server misbehaves.</exception>
    /// <exception cref="IOException">The connection has ended.</exception>
    public ValueTask RunAsync(IAuthenticationPipe pipe, CancellationToken cancellationToken) =>
        new ClientLogin(settings, pipe).RunAsync(cancellationToken);
}
