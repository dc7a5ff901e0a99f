using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>The other half of an <see cref="EcdsaPublicKey"/>.</summary>
internal sealed class EcdsaPrivateKey : SshPrivateKey
{
    private readonly EcdsaCurve _curve;
    private readonly ECDsa _key;
    private readonly Lock _lock = new(); // The class does not say that it may be used by several threads.

    /// <summary>Makes a key.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="key">The key, which is disposed of with this one.</param>
    /// <param name="publicKey">Its other half.</param>
    public EcdsaPrivateKey(EcdsaCurve curve, ECDsa key, EcdsaPublicKey publicKey)
    {
        _curve = curve;
        _key = key;
        PublicKey = publicKey;
    }

    public override SshPublicKey PublicKey { get; }

    public override void Dispose() => _key.Dispose();

    protected override byte[] SignRaw(string algorithm, ReadOnlySpan<byte> data)
    {
        byte[] pair;
        lock (_lock)
        {
            pair = _key.SignData(data, _curve.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        return new SshWriter().Mpint(pair.AsSpan(0, _curve.FieldSize)).Mpint(pair.AsSpan(_curve.FieldSize)).ToArray();
    }
}
