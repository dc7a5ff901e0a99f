using System.Net;
using GostNet.Ssh.Keys;
using Microsoft.Extensions.Logging;

namespace GostNet.Ssh.Trust;

/// <summary>Takes whoever answers, as GOST does, and warns of it.</summary>
/// <param name="host">What logs call the server.</param>
/// <param name="logger">Is warned.</param>
internal sealed class AcceptAnyHostKeyPolicy(string host, ILogger logger) : IHostKeyPolicy
{
    public IReadOnlyList<string> KnownTypes => [];

    public void Verify(SshPublicKey key, IPAddress? address) =>
        logger.HostNotVerified(host, HostKeyRefusal.Describe(key), KeyFingerprint.Sha256(key.Blob.Span));
}
