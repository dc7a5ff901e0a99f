using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>An Ed25519 key (RFC 8709).</summary>
internal sealed class Ed25519PublicKey : SshPublicKey
{
    private static readonly IReadOnlyList<string> Names = [KeyAlgorithms.Ed25519];

    private readonly byte[] _point;

    /// <summary>Makes a key of the 32 bytes that it is.</summary>
    public Ed25519PublicKey(ReadOnlySpan<byte> point)
    {
        _point = point.ToArray();
        Blob = new SshWriter().Text(KeyAlgorithms.Ed25519).String(point).ToArray();
    }

    public override string Type => KeyAlgorithms.Ed25519;

    public override ReadOnlyMemory<byte> Blob { get; }

    public override IReadOnlyList<string> Algorithms => Names;

    /// <summary>Reads what follows the type.</summary>
    public static Ed25519PublicKey? TryRead(ref SshReader reader, out string? problem)
    {
        bool isRead = reader.TryReadString(out ReadOnlySpan<byte> point) && point.Length == BouncyCastleEd25519.PublicKeySize;
        problem = isRead ? null : "The Ed25519 key does not have 32 bytes.";
        return isRead ? new(point) : null;
    }

    public override bool Verify(string algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        algorithm == KeyAlgorithms.Ed25519
        && SshSignature.TryRead(signature, algorithm, out ReadOnlySpan<byte> raw)
        && BouncyCastleEd25519.Verify(_point, data, raw);
}
