namespace GostNet.Ssh.Keys;

/// <summary>A public key as hosts and users have them: it checks signatures (ssh, section 2.8).</summary>
internal abstract class SshPublicKey
{
    /// <summary>The first word of the blob: <c>ssh-ed25519</c>, <c>ecdsa-sha2-nistp256</c>, <c>ssh-rsa</c>.</summary>
    public abstract string Type { get; }

    /// <summary>The key as it travels.</summary>
    public abstract ReadOnlyMemory<byte> Blob { get; }

    /// <summary>The signature algorithms that go with the key, the best first; for RSA <c>ssh-rsa</c> is the last.</summary>
    public abstract IReadOnlyList<string> Algorithms { get; }

    /// <summary>Checks a signature.</summary>
    /// <param name="algorithm">The algorithm that was agreed on; a signature by another one is not valid.</param>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">The contents of the signature's string: name and raw signature.</param>
    /// <returns>Whether it is valid. Nothing that a peer sends makes it throw.</returns>
    public abstract bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
