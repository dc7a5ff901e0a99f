namespace GostNet.Ssh.Trust;

/// <summary>What somebody who is logged in may forward (ssh, section 2.12).</summary>
internal interface IForwardPermissions
{
    /// <summary>Whether this may be connected to.</summary>
    /// <param name="host">The host as the client wrote it.</param>
    /// <param name="port">1 to 65535.</param>
    bool MayOpen(string host, int port);

    /// <summary>Whether this may be listened at.</summary>
    /// <param name="host">The address as the client wrote it: a name, an address, or nothing.</param>
    /// <param name="port">0 to 65535.</param>
    bool MayListen(string host, int port);
}
