using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>The other half of an <see cref="RsaPublicKey"/>.</summary>
internal sealed class RsaPrivateKey : SshPrivateKey
{
    private readonly RSA _key;
    private readonly Lock _lock = new(); // The class does not say that it may be used by several threads.

    /// <summary>Makes a key.</summary>
    /// <param name="key">The key, which is disposed of with this one.</param>
    /// <param name="publicKey">Its other half.</param>
    public RsaPrivateKey(RSA key, RsaPublicKey publicKey)
    {
        _key = key;
        PublicKey = publicKey;
    }

    public override SshPublicKey PublicKey { get; }

    public override void Dispose() => _key.Dispose();

    protected override byte[] SignRaw(string algorithm, ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            return _key.SignData(data, RsaPublicKey.HashOf(algorithm), RSASignaturePadding.Pkcs1);
        }
    }
}
