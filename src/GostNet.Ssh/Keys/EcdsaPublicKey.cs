using System.Security.Cryptography;
using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>An ECDSA key (RFC 5656, section 3.1).</summary>
internal sealed class EcdsaPublicKey : SshPublicKey
{
    private readonly ECPoint _point;

    private EcdsaPublicKey(EcdsaCurve curve, ECPoint point, ReadOnlySpan<byte> encodedPoint)
    {
        Curve = curve;
        _point = point;
        Blob = new SshWriter().Text(curve.KeyType).Text(curve.Name).String(encodedPoint).ToArray();
    }

    public EcdsaCurve Curve { get; }

    public override string Type => Curve.KeyType;

    public override ReadOnlyMemory<byte> Blob { get; }

    public override IReadOnlyList<string> Algorithms => Curve.Algorithms;

    /// <summary>Reads what follows the type.</summary>
    public static EcdsaPublicKey? TryRead(EcdsaCurve curve, ref SshReader reader, out string? problem)
    {
        if (!reader.TryReadString(out ReadOnlySpan<byte> name) || !Ascii.Equals(name, curve.Name))
        {
            problem = $"The ECDSA key is not on the curve {curve.Name}, as its type says.";
            return null;
        }

        if (!reader.TryReadString(out ReadOnlySpan<byte> encodedPoint))
        {
            problem = "The ECDSA key has no point.";
            return null;
        }

        return TryCreate(curve, encodedPoint, out problem);
    }

    /// <summary>Makes a key of its point, if that is on the curve.</summary>
    public static EcdsaPublicKey? TryCreate(EcdsaCurve curve, ReadOnlySpan<byte> encodedPoint, out string? problem)
    {
        problem = null;
        if (!curve.TryReadPoint(encodedPoint, out ECPoint point))
        {
            problem = $"The point of the ECDSA key is not an uncompressed one of {curve.Name}.";
            return null;
        }

        if (!curve.Contains(point))
        {
            problem = $"The point of the ECDSA key is not on the curve {curve.Name}.";
            return null;
        }

        return new EcdsaPublicKey(curve, point, encodedPoint);
    }

    public override bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (algorithm != Curve.KeyType || !SshSignature.TryRead(signature, algorithm, out ReadOnlySpan<byte> raw))
        {
            return false;
        }

        Span<byte> pair = stackalloc byte[2 * Curve.FieldSize];
        pair.Clear();
        var reader = new SshReader(raw);
        if (!TryReadNumber(ref reader, pair[..Curve.FieldSize]) || !TryReadNumber(ref reader, pair[Curve.FieldSize..]) || !reader.IsAtEnd)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = Curve.Parameters, Q = _point });
            return key.VerifyData(data, pair, Curve.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false; // Some systems throw where r or s is not below the order of the curve.
        }
    }

    /// <summary>Reads r or s, with as many zeros before it as the peer likes.</summary>
    private static bool TryReadNumber(ref SshReader reader, scoped Span<byte> number)
    {
        if (!reader.TryReadMpint(out ReadOnlySpan<byte> value) || value.IsEmpty || value.Length > number.Length)
        {
            return false;
        }

        value.CopyTo(number[^value.Length..]);
        return true;
    }
}
