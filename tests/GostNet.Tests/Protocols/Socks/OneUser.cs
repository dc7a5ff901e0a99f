namespace GostNet.Tests.Protocols.Socks;

/// <summary>Knows one user.</summary>
internal sealed class OneUser(string name = "user", string password = "pass") : IAuthenticator
{
    public bool Authenticate(string userName, string password1) => userName == name && password1 == password;
}
