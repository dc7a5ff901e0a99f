using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>Streamlined NTRU Prime 761.</summary>
/// <param name="privateKey">Where the private key is put, or one that is there. Cleared by <see cref="Dispose"/>.</param>
internal sealed class Sntrup761Encapsulation(byte[] privateKey) : KeyEncapsulation
{
    public Sntrup761Encapsulation()
        : this(new byte[Sntrup761.PrivateKeySize])
    {
    }

    public override int PublicKeySize => Sntrup761.PublicKeySize;

    public override int CiphertextSize => Sntrup761.CiphertextSize;

    public override byte[] GenerateKeys()
    {
        byte[] publicKey = new byte[Sntrup761.PublicKeySize];
        Sntrup761.GenerateKeys(publicKey, privateKey);
        return publicKey;
    }

    public override byte[] Decapsulate(ReadOnlySpan<byte> ciphertext)
    {
        byte[] secret = new byte[SecretSize];
        Sntrup761.Decapsulate(privateKey, ciphertext, secret);
        return secret;
    }

    public override (byte[] Ciphertext, byte[] Secret)? Encapsulate(ReadOnlySpan<byte> publicKey)
    {
        byte[] ciphertext = new byte[Sntrup761.CiphertextSize];
        byte[] secret = new byte[SecretSize];
        Sntrup761.Encapsulate(publicKey, ciphertext, secret);
        return (ciphertext, secret);
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(privateKey);
        base.Dispose();
    }
}
