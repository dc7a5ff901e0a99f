using GostNet.Ssh.Trust;

namespace GostNet.Ssh.Tests.Forwarding;

/// <summary>Permissions of a test.</summary>
internal sealed class Permissions : IForwardPermissions
{
    public Func<string, int, bool> Open { get; set; } = (_, _) => true;

    public Func<string, int, bool> Listen { get; set; } = (_, _) => true;

    public bool MayOpen(string host, int port) => Open(host, port);

    public bool MayListen(string host, int port) => Listen(host, port);
}
