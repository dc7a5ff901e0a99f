using System.Security.Cryptography;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.KeyExchange;

/// <summary><c>ecdh-sha2-nistp256</c> and its kin (RFC 5656, section 4).</summary>
internal sealed class EcdhKeyExchange(ECCurve curve, HashAlgorithmName hash) : KeyExchangeMethod
{
    private const byte Uncompressed = 4;

    private readonly ECDiffieHellman _keys = ECDiffieHellman.Create(curve);

    public override HashAlgorithmName Hash => hash;

    public override byte[] Start()
    {
        ECPoint point = _keys.ExportParameters(includePrivateParameters: false).Q;
        return [Uncompressed, .. point.X!, .. point.Y!];
    }

    public override byte[] Finish(ReadOnlySpan<byte> serverValue)
    {
        int size = (_keys.KeySize + 7) / 8;
        if (serverValue.Length != 1 + (2 * size) || serverValue[0] != Uncompressed)
        {
            throw SshException.KeyExchange("The peer's point is not an uncompressed one of the curve.");
        }

        try
        {
            // Whether it lies on the curve is checked by the import.
            ECPoint point = new() { X = serverValue.Slice(1, size).ToArray(), Y = serverValue[(1 + size)..].ToArray() };
            using var peer = ECDiffieHellman.Create(new ECParameters { Curve = curve, Q = point });
            using ECDiffieHellmanPublicKey publicKey = peer.PublicKey;
            return EncodedSecret.Mpint(_keys.DeriveRawSecretAgreement(publicKey));
        }
        catch (CryptographicException exception)
        {
            throw SshException.KeyExchange("The peer's point is not on the curve.", exception);
        }
    }

    public override (byte[] ServerValue, byte[] Secret) Respond(ReadOnlySpan<byte> clientValue) => (Start(), Finish(clientValue));

    public override void Dispose()
    {
        _keys.Dispose();
        base.Dispose();
    }
}
