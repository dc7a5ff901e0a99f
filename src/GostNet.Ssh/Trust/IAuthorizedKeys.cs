using System.Net;
using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Trust;

/// <summary>The keys that may log in, of one user or of all.</summary>
internal interface IAuthorizedKeys
{
    /// <summary>Looks a key up.</summary>
    /// <param name="userName">Who wants to log in.</param>
    /// <param name="key">The key, not proved yet.</param>
    /// <param name="client">From where; <see langword="null"/> if there is no address.</param>
    /// <returns>What the key may do, or <see langword="null"/> if it may not log in.</returns>
    IForwardPermissions? Find(string userName, SshPublicKey key, IPAddress? client);
}
