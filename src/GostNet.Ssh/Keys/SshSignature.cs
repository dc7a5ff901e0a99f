using System.Text;
using GostNet.Ssh.Wire;

namespace GostNet.Ssh.Keys;

/// <summary>The contents of a signature's string: the algorithm's name and the raw signature (RFC 4253, section 6.6).</summary>
internal static class SshSignature
{
    /// <summary>No signature that is taken is longer: RSA with 8192 bits has 1 KiB.</summary>
    public const int MaxSize = 2048;

    /// <summary>Reads a signature.</summary>
    /// <param name="signature">The contents of the string.</param>
    /// <param name="algorithm">The algorithm that it has to be of.</param>
    /// <param name="raw">The raw signature.</param>
    public static bool TryRead(ReadOnlySpan<byte> signature, string algorithm, out ReadOnlySpan<byte> raw)
    {
        raw = default;
        var reader = new SshReader(signature);
        return signature.Length <= MaxSize
            && reader.TryReadString(out ReadOnlySpan<byte> name)
            && Ascii.Equals(name, algorithm)
            && reader.TryReadString(out raw)
            && reader.IsAtEnd;
    }

    public static byte[] Write(string algorithm, ReadOnlySpan<byte> raw) => new SshWriter().Text(algorithm).String(raw).ToArray();
}
