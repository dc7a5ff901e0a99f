using System.Net;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Authentication;

/// <summary>The server's side of a login (ssh, section 5). One instance is for all connections of a server.</summary>
internal sealed class ServerAuthentication
{
    private readonly ServerAuthenticationSettings _settings;

    /// <exception cref="ArgumentException">Nobody could ever log in: that everybody may has to be said.</exception>
    public ServerAuthentication(ServerAuthenticationSettings settings)
    {
        if (settings is { Authenticator: null, AuthorizedKeys: null, AllowAnonymous: false })
        {
            throw new ArgumentException("There are neither passwords nor keys to log in with.", nameof(settings));
        }

        _settings = settings;
        SignatureAlgorithms =
        [
            KeyAlgorithms.Ed25519, KeyAlgorithms.EcdsaNistP256, KeyAlgorithms.EcdsaNistP384, KeyAlgorithms.EcdsaNistP521,
            KeyAlgorithms.RsaSha512, KeyAlgorithms.RsaSha256, .. settings.AllowLegacy ? [KeyAlgorithms.Rsa] : Array.Empty<string>(),
        ];
    }

    /// <summary>The signature algorithms of users' keys, the best first: for <c>server-sig-algs</c> (ssh, section 2.5).</summary>
    public IReadOnlyList<string> SignatureAlgorithms { get; }

    /// <summary>Lets a client log in: returns once USERAUTH_SUCCESS was sent, and has read nothing behind the request that led to
    /// it.</summary>
    /// <remarks>The time that it may take is the caller's to limit. What the client still sends of a login afterwards is so, too: further
    /// requests are to be ignored (ssh, section 7).</remarks>
    /// <param name="pipe">The connection, after its first key exchange.</param>
    /// <param name="client">From where it comes, for keys that are bound to places; <see langword="null"/> if there is no address.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no more use then.</param>
    /// <param name="pass">Is told how it ended.</param>
    /// <exception cref="SshException">The client failed too often (<see cref="ForwardError.AuthenticationFailed"/>), or does not keep to
    /// the protocol. Its message is what the client is to be told.</exception>
    /// <exception cref="IOException">The connection has ended.</exception>
    public ValueTask<AuthenticatedUser> RunAsync(
        IAuthenticationPipe pipe, IPAddress? client, CancellationToken cancellationToken, LoginPass? pass = null) =>
        new ServerLogin(_settings, pipe, client, pass).RunAsync(cancellationToken);
}
