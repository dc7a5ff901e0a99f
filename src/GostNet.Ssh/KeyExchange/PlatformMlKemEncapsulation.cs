using System.Security.Cryptography;

namespace GostNet.Ssh.KeyExchange;

/// <summary>ML-KEM-768 by the platform: OpenSSL from 3.5 on, and new versions of Windows.</summary>
internal sealed class PlatformMlKemEncapsulation : KeyEncapsulation
{
    private MLKem? _keys;

    public override int PublicKeySize => MlKem768.EncapsulationKeySize;

    public override int CiphertextSize => MlKem768.CiphertextSize;

    public override byte[] GenerateKeys()
    {
        _keys = MLKem.GenerateKey(MLKemAlgorithm.MLKem768);
        return _keys.ExportEncapsulationKey();
    }

    public override byte[] Decapsulate(ReadOnlySpan<byte> ciphertext)
    {
        MLKem keys = _keys ?? throw new InvalidOperationException("There are no keys yet.");
        byte[] secret = new byte[SecretSize];
        keys.Decapsulate(ciphertext, secret);
        return secret;
    }

    public override (byte[] Ciphertext, byte[] Secret)? Encapsulate(ReadOnlySpan<byte> publicKey)
    {
        if (!MlKem768.IsEncapsulationKey(publicKey))
        {
            return null;
        }

        using MLKem peer = MLKem.ImportEncapsulationKey(MLKemAlgorithm.MLKem768, publicKey);
        byte[] ciphertext = new byte[MlKem768.CiphertextSize];
        byte[] secret = new byte[SecretSize];
        peer.Encapsulate(ciphertext, secret);
        return (ciphertext, secret);
    }

    public override void Dispose()
    {
        _keys?.Dispose();
        base.Dispose();
    }
}
