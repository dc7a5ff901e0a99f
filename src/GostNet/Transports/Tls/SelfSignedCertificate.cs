using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>The certificate of a server that was given none. Clients can pin its key for as long as the process lives.</summary>
/// <remarks>The key is ECDSA P-256: every client that speaks TLS 1.2 takes it, GOST's of all versions included, and it costs far
/// less than GOST's RSA-2048, once to make and then at each handshake. The certificate is valid for ten years, as GOST's is,
/// because a process may live for long and nobody who pins the key looks at the date.</remarks>
internal static class SelfSignedCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly Lazy<X509Certificate2> Instance = new(() => Create(TimeProvider.System.GetUtcNow()));

    public static X509Certificate2 OfThisProcess => Instance.Value;

    private static X509Certificate2 Create(DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("O=gost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        X509Certificate2 certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(10));
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // Schannel does not take a key that exists in memory only.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }
}
