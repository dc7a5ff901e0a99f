using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>ML-KEM-768 by our own code.</summary>
/// <param name="random">What the keys, or the secret, are made of. Cleared.</param>
internal sealed class MlKemEncapsulation(byte[] random) : KeyEncapsulation
{
    private readonly byte[] _decapsulationKey = new byte[MlKem768.DecapsulationKeySize];

    public MlKemEncapsulation()
        : this(RandomNumberGenerator.GetBytes(MlKem768.SeedSize))
    {
    }

    /// <summary>Whether this machine can do ML-KEM at all.</summary>
    public static bool IsSupported => MLKem.IsSupported || MlKem768.IsSupported;

    public override int PublicKeySize => MlKem768.EncapsulationKeySize;

    public override int CiphertextSize => MlKem768.CiphertextSize;

    /// <summary>Takes the platform's ML-KEM, or our own where there is none.</summary>
    public static KeyEncapsulation Create() => MLKem.IsSupported ? new PlatformMlKemEncapsulation() : new MlKemEncapsulation();

    public override byte[] GenerateKeys()
    {
        byte[] encapsulationKey = new byte[MlKem768.EncapsulationKeySize];
        MlKem768.GenerateKeys(random, encapsulationKey, _decapsulationKey);
        CryptographicOperations.ZeroMemory(random);
        return encapsulationKey;
    }

    public override byte[] Decapsulate(ReadOnlySpan<byte> ciphertext)
    {
        byte[] secret = new byte[SecretSize];
        MlKem768.Decapsulate(_decapsulationKey, ciphertext, secret);
        return secret;
    }

    public override (byte[] Ciphertext, byte[] Secret)? Encapsulate(ReadOnlySpan<byte> publicKey)
    {
        if (!MlKem768.IsEncapsulationKey(publicKey))
        {
            return null;
        }

        byte[] ciphertext = new byte[MlKem768.CiphertextSize];
        byte[] secret = new byte[SecretSize];
        MlKem768.Encapsulate(publicKey, random.AsSpan(..MlKem768.MessageSize), ciphertext, secret);
        return (ciphertext, secret);
    }

    public override void Dispose()
    {
        CryptographicOperations.ZeroMemory(random);
        CryptographicOperations.ZeroMemory(_decapsulationKey);
        base.Dispose();
    }
}
