using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace GostNet.Ssh.Keys;

/// <summary>One of the three curves of ECDSA keys (RFC 5656, sections 6.2.1 and 10.1).</summary>
internal sealed class EcdsaCurve
{
    private static readonly EcdsaCurve[] All =
    [
        new(
            "nistp256",
            KeyAlgorithms.EcdsaNistP256,
            "1.2.840.10045.3.1.7",
            ECCurve.NamedCurves.nistP256,
            HashAlgorithmName.SHA256,
            (One << 256) - (One << 224) + (One << 192) + (One << 96) - 1,
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
        new(
            "nistp384",
            KeyAlgorithms.EcdsaNistP384,
            "1.3.132.0.34",
            ECCurve.NamedCurves.nistP384,
            HashAlgorithmName.SHA384,
            (One << 384) - (One << 128) - (One << 96) + (One << 32) - 1,
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
        new(
            "nistp521",
            KeyAlgorithms.EcdsaNistP521,
            "1.3.132.0.35",
            ECCurve.NamedCurves.nistP521,
            HashAlgorithmName.SHA512,
            (One << 521) - 1,
            "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e1"
            + "56193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00"),
    ];

    private readonly BigInteger _prime;
    private readonly BigInteger _b;

    private EcdsaCurve(string name, string keyType, string oid, ECCurve parameters, HashAlgorithmName hash, BigInteger prime, string b)
    {
        Name = name;
        KeyType = keyType;
        Oid = oid;
        Parameters = parameters;
        Hash = hash;
        FieldSize = prime.GetByteCount(isUnsigned: true);
        Algorithms = [keyType];
        _prime = prime;
        _b = Number(Convert.FromHexString(b));
    }

    private static BigInteger One => BigInteger.One;

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
    /// <param name="point">The point, which need not be on the curve (<see cref="Contains"/>).</param>
    public bool TryReadPoint(ReadOnlySpan<byte> encoded, out ECPoint point)
    {
        bool isRead = encoded.Length == 1 + (2 * FieldSize) && encoded[0] == 4;
        point = isRead ? new() { X = encoded.Slice(1, FieldSize).ToArray(), Y = encoded[(1 + FieldSize)..].ToArray() } : default;
        return isRead;
    }

    /// <summary>Whether a point is on the curve, and so one of a key: y² = x³ − 3x + b (FIPS 186-4, appendix D.1.2).</summary>
    /// <remarks>To import a key makes sure of that too, but takes a hundred times as long.</remarks>
    public bool Contains(ECPoint point)
    {
        (BigInteger x, BigInteger y) = (Number(point.X), Number(point.Y));
        return x < _prime && y < _prime && ((y * y) - (x * x * x) + (3 * x) - _b) % _prime == 0;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
