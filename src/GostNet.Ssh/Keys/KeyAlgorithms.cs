namespace GostNet.Ssh.Keys;

/// <summary>The names of key types and of signature algorithms (ssh, section 2.2).</summary>
internal static class KeyAlgorithms
{
    public const string Ed25519 = "ssh-ed25519";
    public const string EcdsaNistP256 = "ecdsa-sha2-nistp256";
    public const string EcdsaNistP384 = "ecdsa-sha2-nistp384";
    public const string EcdsaNistP521 = "ecdsa-sha2-nistp521";
    public const string RsaSha512 = "rsa-sha2-512";
    public const string RsaSha256 = "rsa-sha2-256";

    /// <summary>The type of every RSA key, and its signature over SHA-1, which is not wanted any more.</summary>
    public const string Rsa = "ssh-rsa";

    /// <summary>No name that is known here, nor any other in use, is longer.</summary>
    public const int MaxNameLength = 64;
}
