using System.Security.Cryptography;
using System.Text;

namespace GostNet.Ssh.Keys;

/// <summary>One of the three curves of ECDSA keys (RFC 5656, sections 6.2.1 and 10.1).</summary>
internal sealed class EcdsaCurve
{
    private static readonly EcdsaCurve[] All =
    [
        new("nistp256", KeyAlgorithms.EcdsaNistP256, "1.2.840.10045.3.1.7", ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, 32),
        new("nistp384", KeyAlgorithms.EcdsaNistP384, "1.3.132.0.34", ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, 48),
        new("nistp521", KeyAlgorithms.EcdsaNistP521, "1.3.132.0.35", ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512, 66),
    ];

    private EcdsaCurve(string name, string keyType, string oid, ECCurve parameters, HashAlgorithmName hash, int fieldSize)
    {
        Name = name;
        KeyType = keyType;
        Oid = oid;
        Parameters = parameters;
        Hash = hash;
        FieldSize = fieldSize;
        Algorithms = [keyType];
    }

    /// <summary>The name inside of keys: <c>nistp256</c>.</summary>
    public string Name { get; }

    /// <summary>The type of the keys, and the only algorithm of their signatures.</summary>
    public string KeyType { get; }

    /// <summary>What PEM files call it.</summary>
    public string Oid { get; }

    public ECCurve Parameters { get; }

    /// <summary>The hash that goes with the curve (RFC 5656, section 6.2.1).</summary>
    public HashAlgorithmName Hash { get; }

    /// <summary>Bytes of a coordinate, and of r and s.</summary>
    public int FieldSize { get; }

    public IReadOnlyList<string> Algorithms { get; }

    public static EcdsaCurve? FindByKeyType(ReadOnlySpan<byte> type)
    {
        foreach (EcdsaCurve curve in All)
        {
            if (Ascii.Equals(type, curve.KeyType))
            {
                return curve;
            }
        }

        return null;
    }

    public static EcdsaCurve? FindByOid(string oid) => Array.Find(All, curve => curve.Oid == oid);

    /// <summary>Takes a point apart.</summary>
    /// <param name="encoded">04, X and Y; compressed points and the one at infinity are not taken.</param>
    /// <param name="point">The point, which is not known to be on the curve yet.</param>
    public bool TryReadPoint(ReadOnlySpan<byte> encoded, out ECPoint point)
    {
        bool isRead = encoded.Length == 1 + (2 * FieldSize) && encoded[0] == 4;
        point = isRead ? new() { X = encoded.Slice(1, FieldSize).ToArray(), Y = encoded[(1 + FieldSize)..].ToArray() } : default;
        return isRead;
    }
}
