using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>The other half of an <see cref="EcdsaPublicKey"/>.</summary>
internal sealed class EcdsaPrivateKey : SshPrivateKey
{
    private readonly EcdsaCurve _curve;
    private readonly ECDsa _key;
    private readonly Lock _lock = new(); // The class does not say that it may be used by several threads.

    private EcdsaPrivateKey(EcdsaCurve curve, ECDsa key, EcdsaPublicKey publicKey)
    {
        _curve = curve;
        _key = key;
        PublicKey = publicKey;
    }

    public override SshPublicKey PublicKey { get; }

    /// <summary>Makes a key of its numbers.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="secret">The secret number.</param>
    /// <param name="encodedPoint">04, X and Y; or nothing if that is not known.</param>
    /// <exception cref="SshKeyException">They are not those of a key.</exception>
    public static EcdsaPrivateKey Create(EcdsaCurve curve, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> encodedPoint)
    {
        secret = secret.TrimStart((byte)0);
        if (secret.Length > curve.FieldSize)
        {
            throw SshKeyException.Malformed("The secret number of the ECDSA key is too long.");
        }

        var parameters = new ECParameters { Curve = curve.Parameters, D = new byte[curve.FieldSize] };
        secret.CopyTo(parameters.D.AsSpan(^secret.Length..));
        if (!encodedPoint.IsEmpty && !curve.TryReadPoint(encodedPoint, out parameters.Q))
        {
            throw SshKeyException.Malformed($"The point of the ECDSA key is not an uncompressed one of {curve.Name}.");
        }

        ECDsa? key = null;
        try
        {
            key = ECDsa.Create(parameters);
            ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
            EcdsaPublicKey publicKey = EcdsaPublicKey.TryCreate(curve, [4, .. point.X!, .. point.Y!], out string? problem)
                ?? throw SshKeyException.Malformed(problem!);
            var result = new EcdsaPrivateKey(curve, key, publicKey);
            key = null;
            result.CheckHalves();
            return result;
        }
        catch (CryptographicException e)
        {
            throw SshKeyException.Malformed("The numbers of the ECDSA key are not those of a key.", e);
        }
        finally
        {
            key?.Dispose();
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

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
