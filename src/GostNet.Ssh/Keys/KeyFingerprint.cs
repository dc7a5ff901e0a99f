using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>How people compare keys.</summary>
internal static class KeyFingerprint
{
    /// <summary>The text that OpenSSH shows: <c>SHA256:</c> and the hash of the blob in base64 without padding.</summary>
    public static string Sha256(ReadOnlySpan<byte> blob)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(blob, hash);
        return "SHA256:" + Convert.ToBase64String(hash).TrimEnd('=');
    }
}
