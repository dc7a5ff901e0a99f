using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Tests.Transports.Tls;

/// <summary>An authority and the certificates it signed.</summary>
internal static class TestCertificates
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    public static readonly X509Certificate2 Authority = CreateAuthority("CN=Test authority");

    /// <summary>Another one of the same name.</summary>
    public static readonly X509Certificate2 OtherAuthority = CreateAuthority("CN=Test authority");

    /// <summary>Signed by <see cref="Authority"/> to sign for it.</summary>
    public static readonly X509Certificate2 Intermediate = CreateAuthority("CN=Test intermediate", Authority);

    /// <summary>Signed by <see cref="Authority"/> for db.example and 10.0.0.5; its common name is other.example.</summary>
    public static readonly X509Certificate2 Server = Create(Authority);

    /// <summary>The same, signed by <see cref="Intermediate"/>.</summary>
    public static readonly X509Certificate2 IndirectServer = Create(Intermediate);

    /// <summary>The same, but no longer valid.</summary>
    public static readonly X509Certificate2 Expired = Create(Authority, end: DateTimeOffset.UtcNow.AddDays(-1));

    /// <summary>Signed by <see cref="Authority"/> for clients only.</summary>
    public static readonly X509Certificate2 Client = Create(Authority, ClientUse);

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="issuer">Who signs it; itself if it is <see langword="null"/>.</param>
    private static X509Certificate2 CreateAuthority(string name, X509Certificate2? issuer = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(3));
        }

        using X509Certificate2 signed = request.Create(issuer, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddYears(2), [7]);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Makes a certificate for db.example and 10.0.0.5.</summary>
    /// <param name="issuer">Who signs it.</param>
    /// <param name="use">What it is for, as the number of an extended key usage; <see langword="null"/>: it does not say.</param>
    /// <param name="end">Until when it is valid; a year by default.</param>
    /// <param name="key">Its key, RSA or ECDSA, which stays the caller's; a new one by default.</param>
    public static X509Certificate2 Create(
        X509Certificate2 issuer, string? use = null, DateTimeOffset? end = null, AsymmetricAlgorithm? key = null)
    {
        using ECDsa ownKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName("CN=other.example");
        CertificateRequest request = key is RSA rsa
            ? new(name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(name, key as ECDsa ?? ownKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("db.example");
        names.AddIpAddress(IPAddress.Parse("10.0.0.5"));
        request.CertificateExtensions.Add(names.Build());
        if (use is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        }

        var signer = X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);
        byte[] serial = [1, .. RandomNumberGenerator.GetBytes(8)]; // certificates of the same issuer and number are equal
        using X509Certificate2 signed = request.Create(
            issuer.SubjectName, signer, DateTimeOffset.UtcNow.AddDays(-10), end ?? DateTimeOffset.UtcNow.AddYears(1), serial);
        return key is RSA rsaKey ? signed.CopyWithPrivateKey(rsaKey) : signed.CopyWithPrivateKey(key as ECDsa ?? ownKey);
    }
}
