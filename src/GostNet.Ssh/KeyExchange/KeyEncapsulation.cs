namespace GostNet.Ssh.KeyExchange;

/// <summary>A key encapsulation mechanism, as half of a hybrid method. Used once, by one side.</summary>
internal abstract class KeyEncapsulation : IDisposable
{
    /// <summary>The bytes of a secret.</summary>
    public const int SecretSize = 32;

    /// <summary>The bytes of a public key.</summary>
    public abstract int PublicKeySize { get; }

    /// <summary>The bytes of a ciphertext.</summary>
    public abstract int CiphertextSize { get; }

    /// <summary>Client: makes the keys, and keeps the private one.</summary>
    /// <returns>The public one.</returns>
    public abstract byte[] GenerateKeys();

    /// <summary>Client: the secret of a ciphertext of the right size. Of one that is none it makes a secret that nobody else has.</summary>
    public abstract byte[] Decapsulate(ReadOnlySpan<byte> ciphertext);

    /// <summary>Server: makes a secret for a public key of the right size.</summary>
    /// <returns>The ciphertext and the secret, or nothing if it is not a public key.</returns>
    public abstract (byte[] Ciphertext, byte[] Secret)? Encapsulate(ReadOnlySpan<byte> publicKey);

    public virtual void Dispose()
    {
    }
}
