using System.Net;
using GostNet.Ssh.Keys;
using GostNet.Ssh.Trust;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Building;

/// <summary>Of some keys, those that may forward everything. What comes out of a tunnel is not the business of SSH, which could not hold it
/// to the limits of a key.</summary>
/// <param name="keys">All keys.</param>
/// <param name="logger">Is told of those that are left out.</param>
internal sealed class UnlimitedKeys(IAuthorizedKeys keys, ILogger logger) : IAuthorizedKeys
{
    public IForwardPermissions? Find(string userName, SshPublicKey key, IPAddress? client)
    {
        IForwardPermissions? permissions = keys.Find(userName, key, client);
        if (permissions is null or ForwardPermissions { IsUnlimited: true })
        {
            return permissions;
        }

        logger.KeyIsLimited(KeyFingerprint.Sha256(key.Blob.Span));
        return null;
    }
}
