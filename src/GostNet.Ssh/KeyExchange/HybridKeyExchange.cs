using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary><c>mlkem768x25519-sha256</c> and its kin: an encapsulated secret and one of X25519 are hashed to one, which is safe as long as
/// either of them is (draft-ietf-sshm-mlkem-hybrid-kex).</summary>
/// <remarks>
/// <code>
/// client: | public key | X25519 32 |
/// server: | ciphertext | X25519 32 |
/// secret: string of HASH(encapsulated secret, X25519's)
/// </code>
/// </remarks>
internal sealed class HybridKeyExchange(KeyEncapsulation encapsulation, X25519KeyPair keys, HashAlgorithmName hash) : KeyExchangeMethod
{
    public HybridKeyExchange(KeyEncapsulation encapsulation, HashAlgorithmName hash)
        : this(encapsulation, X25519KeyPair.Generate(), hash)
    {
    }

    public override HashAlgorithmName Hash => hash;

    public override byte[] Start() => [.. encapsulation.GenerateKeys(), .. keys.PublicKey];

    public override byte[] Finish(ReadOnlySpan<byte> serverValue)
    {
        CheckSize(serverValue, encapsulation.CiphertextSize);
        byte[] agreed = keys.Agree(serverValue[encapsulation.CiphertextSize..]);
        return Combine(encapsulation.Decapsulate(serverValue[..encapsulation.CiphertextSize]), agreed);
    }

    public override (byte[] ServerValue, byte[] Secret) Respond(ReadOnlySpan<byte> clientValue)
    {
        CheckSize(clientValue, encapsulation.PublicKeySize);
        byte[] agreed = keys.Agree(clientValue[encapsulation.PublicKeySize..]);
        (byte[] ciphertext, byte[] secret) = encapsulation.Encapsulate(clientValue[..encapsulation.PublicKeySize])
            ?? throw SshException.KeyExchange("The client's key for encapsulation cannot be one.");
        return ([.. ciphertext, .. keys.PublicKey], Combine(secret, agreed));
    }

    public override void Dispose()
    {
        encapsulation.Dispose();
        keys.Dispose();
        base.Dispose();
    }

    private static void CheckSize(ReadOnlySpan<byte> value, int encapsulationSize)
    {
        if (value.Length != encapsulationSize + X25519KeyPair.Size)
        {
            throw SshException.KeyExchange(
                $"The peer's hybrid value has {value.Length} bytes instead of {encapsulationSize + X25519KeyPair.Size}.");
        }
    }

    private byte[] Combine(byte[] encapsulated, byte[] agreed)
    {
        byte[] both = [.. encapsulated, .. agreed];
        CryptographicOperations.ZeroMemory(encapsulated);
        CryptographicOperations.ZeroMemory(agreed);
        byte[] secret = CryptographicOperations.HashData(hash, both);
        CryptographicOperations.ZeroMemory(both);
        return EncodedSecret.String(secret);
    }
}
