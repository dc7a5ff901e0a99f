namespace GostNet.Ssh.Tests.Authentication;

/// <summary>Knows one user, and keeps who asked.</summary>
internal sealed class OneUser(string name = "user", string password = "pass") : IAuthenticator
{
    public List<(string UserName, string Password)> Asked { get; } = [];

    public bool Authenticate(string userName, string givenPassword)
    {
        Asked.Add((userName, givenPassword));
        return userName == name && givenPassword == password;
    }
}
