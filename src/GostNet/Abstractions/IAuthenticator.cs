namespace GostNet;

/// <summary>Decides who may use a proxy server.</summary>
/// <remarks><see cref="Authenticators"/> makes the usual ones. It may be called from several threads at once, and for every connection; it
/// is to answer soon. Compare passwords in constant time
/// (<see cref="System.Security.Cryptography.CryptographicOperations.FixedTimeEquals"/>).</remarks>
public interface IAuthenticator
{
    /// <summary>Whether this is a user, and this the password.</summary>
    /// <param name="userName">As the client gave it; may be empty.</param>
    /// <param name="password">As the client gave it; may be empty.</param>
    /// <returns><see langword="true"/> lets the client in.</returns>
    bool Authenticate(string userName, string password);
}
