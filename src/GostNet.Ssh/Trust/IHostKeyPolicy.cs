using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Trust;

/// <summary>Decides whether a server is who it should be (ssh, section 2.11). One instance is for one server.</summary>
internal interface IHostKeyPolicy
{
    /// <summary>The types of the keys that are known of the server, to ask for first; none if it is not known.</summary>
    IReadOnlyList<string> KnownTypes { get; }

    /// <summary>Takes the key, which has proved to be the server's, or throws.</summary>
    /// <param name="key">The server's key.</param>
    /// <param name="address">Where the server was reached, if that is an address.</param>
    /// <exception cref="Wire.SshException">It is not to be trusted; the message names fingerprint, file and line.</exception>
    void Verify(SshPublicKey key, System.Net.IPAddress? address);
}
