using System.Formats.Asn1;
using System.Security.Cryptography;

namespace GostNet.Ssh.Keys;

/// <summary>Private keys in ASN.1: PKCS#1 (RFC 8017), SEC1 (RFC 5915) and PKCS#8 (RFC 5208, RFC 8410).</summary>
/// <remarks>All throw <see cref="AsnContentException"/> for what is not made as it should be.</remarks>
internal static class AsnKeyFormats
{
    public const string Pkcs1Label = "RSA PRIVATE KEY";
    public const string Sec1Label = "EC PRIVATE KEY";
    public const string Pkcs8Label = "PRIVATE KEY";

    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string Ecdsa = "1.2.840.10045.2.1";
    private const string Ed25519 = "1.3.101.112";

    public static SshPrivateKey ReadPkcs1(ReadOnlyMemory<byte> source)
    {
        AsnReader reader = new AsnReader(source, AsnEncodingRules.DER).ReadSequence();
        if (!reader.TryReadInt32(out int version) || version != 0)
        {
            throw SshKeyException.Unsupported("The RSA key has more than two primes.");
        }

        ReadOnlyMemory<byte> n = ReadNumber(reader);
        ReadOnlyMemory<byte> e = ReadNumber(reader);
        ReadOnlyMemory<byte> d = ReadNumber(reader);
        ReadOnlyMemory<byte> p = ReadNumber(reader);
        ReadOnlyMemory<byte> q = ReadNumber(reader);
        _ = ReadNumber(reader); // d modulo p - 1, and the same for q
        _ = ReadNumber(reader);
        ReadOnlyMemory<byte> inverseQ = ReadNumber(reader);
        reader.ThrowIfNotEmpty();
        return RsaPrivateKey.Create(n.Span, e.Span, d.Span, p.Span, q.Span, inverseQ.Span);
    }

    /// <summary>Reads SEC1.</summary>
    /// <param name="source">The key.</param>
    /// <param name="curve">The curve, if it is known already.</param>
    public static SshPrivateKey ReadSec1(ReadOnlyMemory<byte> source, EcdsaCurve? curve)
    {
        AsnReader reader = new AsnReader(source, AsnEncodingRules.DER).ReadSequence();
        _ = reader.ReadInteger();
        byte[] secret = reader.ReadOctetString();
        try
        {
            byte[] point = [];
            if (reader.HasData && reader.PeekTag() == new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true))
            {
                curve = ReadCurve(reader.ReadSequence(reader.PeekTag()));
            }

            if (reader.HasData)
            {
                point = reader.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 1, isConstructed: true)).ReadBitString(out _);
            }

            return curve is null
                ? throw SshKeyException.Malformed("The ECDSA key does not tell its curve.")
                : EcdsaPrivateKey.Create(curve, secret, point);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public static SshPrivateKey ReadPkcs8(ReadOnlyMemory<byte> source)
    {
        AsnReader reader = new AsnReader(source, AsnEncodingRules.DER).ReadSequence();
        _ = reader.ReadInteger();
        AsnReader algorithm = reader.ReadSequence();
        string oid = algorithm.ReadObjectIdentifier();
        byte[] key = reader.ReadOctetString();
        try
        {
            switch (oid)
            {
                case Rsa:
                    return ReadPkcs1(key);
                case Ecdsa:
                    return ReadSec1(key, ReadCurve(algorithm));
                case Ed25519:
                    byte[] seed = new AsnReader(key, AsnEncodingRules.DER).ReadOctetString();
                    try
                    {
                        return seed.Length == BouncyCastleEd25519.SeedSize
                            ? new Ed25519PrivateKey(seed)
                            : throw SshKeyException.Malformed("The Ed25519 key does not have 32 bytes.");
                    }
                    finally
                    {
                        CryptographicOperations.ZeroMemory(seed);
                    }

                default:
                    throw SshKeyException.Unsupported($"The private key is of the kind {oid}, which is not supported.");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static EcdsaCurve ReadCurve(AsnReader reader) =>
        reader.PeekTag() == Asn1Tag.ObjectIdentifier && EcdsaCurve.FindByOid(reader.ReadObjectIdentifier()) is { } curve
            ? curve
            : throw SshKeyException.Unsupported("The curve of the ECDSA key is not nistp256, nistp384 or nistp521 by its name.");

    /// <summary>Reads a number that is not negative, without leading zeros.</summary>
    private static ReadOnlyMemory<byte> ReadNumber(AsnReader reader)
    {
        ReadOnlyMemory<byte> number = reader.ReadIntegerBytes();
        return number.Span[0] < 0x80
            ? number[(number.Length - number.Span.TrimStart((byte)0).Length)..]
            : throw SshKeyException.Malformed("A number of the RSA key is negative.");
    }
}
