using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>A public key told by the SHA-256 of its SubjectPublicKeyInfo (RFC 7469, section 2.4).</summary>
internal static class PublicKeyPin
{
    private const string Prefix = "sha256:";

    /// <summary>The pin of a certificate's key, as it is written in options.</summary>
    public static string Of(X509Certificate2 certificate) => Prefix + Convert.ToHexStringLower(Hash(certificate));

    public static byte[] Hash(X509Certificate2 certificate) => SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Reads a pin.</summary>
    /// <exception cref="ArgumentException">The text is not one; the message says what to write.</exception>
    public static byte[] Parse(string text)
    {
        if (text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            string value = text[Prefix.Length..];
            byte[] hash = new byte[SHA256.HashSizeInBytes];
            bool isRead = value.Length == 2 * hash.Length
                ? Convert.FromHexString(value, hash, out _, out int count) == System.Buffers.OperationStatus.Done
                : Convert.TryFromBase64String(value, hash, out count);
            if (isRead && count == hash.Length)
            {
                return hash;
            }
        }

        throw new ArgumentException(
            $"'{text}' is not a pin; write sha256: and 64 hexadecimal digits, or sha256: and the Base64 form", nameof(text));
    }
}
