using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Tests.Transports.Tls;

/// <summary>An authority and the certificates it signed.</summary>
internal static class TestCertificates
{
    public static readonly X509Certificate2 Authority = CreateAuthority();

    /// <summary>Signed by <see cref="Authority"/> for db.example and 10.0.0.5; its common name is other.example.</summary>
    public static readonly X509Certificate2 Server = CreateServer(DateTimeOffset.UtcNow.AddYears(1));

    /// <summary>The same, but no longer valid.</summary>
    public static readonly X509Certificate2 Expired = CreateServer(DateTimeOffset.UtcNow.AddDays(-1));

    private static X509Certificate2 CreateAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(2));
    }

    private static X509Certificate2 CreateServer(DateTimeOffset end)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=other.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("db.example");
        names.AddIpAddress(IPAddress.Parse("10.0.0.5"));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(Authority, DateTimeOffset.UtcNow.AddDays(-10), end, [1, 2, 3]);
        return signed.CopyWithPrivateKey(key);
    }
}
