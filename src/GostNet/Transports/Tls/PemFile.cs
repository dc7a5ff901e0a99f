using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GostNet.Transports.Tls;

/// <summary>Reads certificates and keys from PEM files (RFC 7468), for both sides. What is between the blocks does not count.</summary>
/// <remarks>Its exceptions are <see cref="ArgumentException"/>s that name the file, what is wrong with it, and what to write. Never a key.
/// Where the file could not be read at all, the inner exception says so.</remarks>
internal static class PemFile
{
    /// <summary>What is read of a file at most: a machine's whole list of authorities has less than a quarter of it.</summary>
    private const int MaxLength = 1024 * 1024;

    private const string CertificateLabel = "CERTIFICATE";
    private const string EncryptedKey = "the key is protected by a password, which there is nobody to ask for; write it without one";
    private const string NoKey = "there is no private key in it; write one as a block '-----BEGIN PRIVATE KEY-----'";

    /// <summary>Reads certificates, such as authorities.</summary>
    public static ImmutableArray<X509Certificate2> ReadCertificates(string path) => ParseCertificates(path, Read(path));

    /// <summary>Reads a certificate, those between it and its authority, and its key.</summary>
    /// <param name="certificatePath">The file of the certificates, of which the first is the one.</param>
    /// <param name="keyPath">The file of the key; it may be the same.</param>
    public static TlsIdentity ReadIdentity(string certificatePath, string keyPath)
    {
        string text = Read(certificatePath);
        ImmutableArray<X509Certificate2> certificates = ParseCertificates(certificatePath, text);
        ReadOnlySpan<char> key = FindKey(keyPath, keyPath == certificatePath ? text : Read(keyPath));
        X509Certificate2 certificate = SelfSignedCertificate.Usable(Join(certificates[0], key, certificatePath, keyPath));
        try
        {
            return new TlsIdentity(certificate, certificates.Skip(1));
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{certificatePath}: {e.Message}", e);
        }
    }

    private static string Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[Math.Min(file.Length, MaxLength) + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length < bytes.Length
                ? Encoding.Latin1.GetString(bytes, 0, length)
                : throw new ArgumentException($"{path}: it is too large for certificates, or just growing; write up to {MaxLength} bytes");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArgumentException($"{path}: there is no such file; write the path of a PEM file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ArgumentException($"{path}: it cannot be read ({e.Message.TrimEnd('.')}); write a PEM file that can", e);
        }
    }

    private static ImmutableArray<X509Certificate2> ParseCertificates(string path, string text)
    {
        var certificates = ImmutableArray.CreateBuilder<X509Certificate2>();
        int begun = text.AsSpan().Count($"-----BEGIN {CertificateLabel}-----");
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label].SequenceEqual(CertificateLabel))
            {
                try
                {
                    certificates.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
                }
                catch (CryptographicException e)
                {
                    throw new ArgumentException(
                        $"{path}: certificate {certificates.Count + 1} is none ({e.Message.TrimEnd('.')}); write PEM as it was issued", e);
                }
            }

            rest = rest[fields.Location.End..];
        }

        return certificates.Count == 0 && begun == 0
            ? throw new ArgumentException($"{path}: there is no certificate in it; write PEM, with '-----BEGIN {CertificateLabel}-----'")
            : certificates.Count < begun
                ? throw new ArgumentException($"{path}: a block of its {begun} is damaged or cut off; write PEM as it was issued")
                : certificates.ToImmutable();
    }

    private static ReadOnlySpan<char> FindKey(string path, string text)
    {
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            switch (rest[fields.Label])
            {
                case "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY":
                    return rest[fields.Location];
                case "ENCRYPTED PRIVATE KEY":
                    throw new ArgumentException($"{path}: {EncryptedKey}");
                case "OPENSSH PRIVATE KEY":
                    throw new ArgumentException($"{path}: the key is in OpenSSH's own form; write it as PKCS#8");
                default:
                    rest = rest[fields.Location.End..];
                    break;
            }
        }

        // The old form has header lines within the block, and so is none to the reader.
        bool isEncrypted = text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);
        throw new ArgumentException($"{path}: {(isEncrypted ? EncryptedKey : NoKey)}");
    }

    private static X509Certificate2 Join(X509Certificate2 certificate, ReadOnlySpan<char> key, string certificatePath, string keyPath)
    {
        using (certificate)
        {
            try
            {
                using RSA? rsaPublic = certificate.GetRSAPublicKey();
                if (rsaPublic is not null)
                {
                    using RSA rsa = RSA.Create();
                    rsa.ImportFromPem(key);
                    return certificate.CopyWithPrivateKey(rsa);
                }

                using ECDsa? ecdsaPublic = certificate.GetECDsaPublicKey();
                if (ecdsaPublic is not null)
                {
                    using ECDsa ecdsa = ECDsa.Create();
                    ecdsa.ImportFromPem(key);
                    return certificate.CopyWithPrivateKey(ecdsa);
                }
            }
            catch (NotSupportedException e)
            {
                throw new ArgumentException($"{certificatePath}: the key of the first certificate is of a kind that cannot be used", e);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                throw new ArgumentException(
                    $"{keyPath}: its key is not that of the first certificate in {certificatePath}; write the two that belong together", e);
            }

            throw new ArgumentException($"{certificatePath}: the key of the first certificate is neither RSA nor ECDSA; write one that is");
        }
    }
}
