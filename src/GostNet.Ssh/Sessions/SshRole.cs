namespace GostNet.Ssh.Sessions;

/// <summary>Which side of a connection this is.</summary>
internal enum SshRole
{
    Client,
    Server,
}
