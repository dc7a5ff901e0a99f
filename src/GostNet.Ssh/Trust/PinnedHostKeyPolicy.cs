using System.Net;
using System.Security.Cryptography;
using GostNet.Ssh.Keys;

namespace GostNet.Ssh.Trust;

/// <summary>Takes the keys whose fingerprints were given, and no others.</summary>
internal sealed class PinnedHostKeyPolicy : IHostKeyPolicy
{
    private const string Prefix = "SHA256:";

    private readonly string[] _fingerprints;

    /// <summary>Makes a policy.</summary>
    /// <param name="fingerprints">One or more of what OpenSSH shows: <c>SHA256:</c> and 43 characters.</param>
    /// <exception cref="FormatException">One of them is none; the message says which, and what to write.</exception>
    public PinnedHostKeyPolicy(params IEnumerable<string> fingerprints)
    {
        _fingerprints = [.. fingerprints.Select(Normalize)];
        if (_fingerprints.Length == 0)
        {
            throw new FormatException("There is no fingerprint; write SHA256: and what 'ssh-keygen -l' shows behind it.");
        }
    }

    public IReadOnlyList<string> KnownTypes => []; // a fingerprint does not tell

    public void Verify(SshPublicKey key, IPAddress? address)
    {
        if (!_fingerprints.Contains(KeyFingerprint.Sha256(key.Blob.Span), StringComparer.Ordinal))
        {
            throw HostKeyRefusal.NotPinned(key, _fingerprints);
        }
    }

    /// <summary>The one way to write a fingerprint, without padding.</summary>
    private static string Normalize(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        string base64 = text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..].TrimEnd('=') : "";
        return Convert.TryFromBase64String(base64 + '=', hash, out int length) && length == hash.Length
            ? Prefix + Convert.ToBase64String(hash).TrimEnd('=')
            : throw new FormatException(
                $"'{text}' is not the fingerprint of a key; write SHA256: and what 'ssh-keygen -l' shows behind it.");
    }
}
