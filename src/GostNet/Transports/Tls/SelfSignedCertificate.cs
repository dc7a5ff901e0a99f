using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>Makes the certificates of servers that were given none. Clients can pin their key.</summary>
/// <remarks>The key is ECDSA P-256: every client that speaks TLS 1.2 takes it, GOST's of all versions included, and it costs far
/// less than GOST's RSA-2048, once to make and then at each handshake. A certificate with names in it can be given to clients as their
/// authority, too.</remarks>
internal static class SelfSignedCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly Lazy<ECDsa> KeyOfThisProcess = new(CreateKey);

    public static ECDsa CreateKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Makes a certificate whose key is that of this process. It is valid for ten years, as GOST's is, because a process may
    /// live for long and nobody who pins the key looks at the date.</summary>
    public static X509Certificate2 CreateForThisProcess(IEnumerable<string> names)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return Create(KeyOfThisProcess.Value, names, now, now.AddYears(10));
    }

    /// <summary>The names and addresses of a server that listens at a host: this host, if it is one, and those of the machine.</summary>
    public static IReadOnlyCollection<string> NamesOf(string host)
    {
        bool isAny = host.Length == 0 || (IPAddress.TryParse(host, out IPAddress? address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
        string[] names = ["localhost", "127.0.0.1", "::1", Environment.MachineName];
        return [.. (isAny ? names : names.Prepend(host)).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Makes a certificate.</summary>
    /// <param name="key">Its key, which stays the caller's.</param>
    /// <param name="names">The names and addresses it bears. What cannot be a name is left out.</param>
    /// <param name="now">Since when it is valid; a little earlier, for clocks that are late.</param>
    /// <param name="end">Until when it is valid.</param>
    public static X509Certificate2 Create(ECDsa key, IEnumerable<string> names, DateTimeOffset now, DateTimeOffset end)
    {
        var request = new CertificateRequest("O=gost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        var bearer = new SubjectAlternativeNameBuilder();
        bool hasNames = false;
        foreach (string name in names)
        {
            switch (Uri.CheckHostName(name))
            {
                case UriHostNameType.IPv4 or UriHostNameType.IPv6:
                    bearer.AddIpAddress(IPAddress.Parse(name));
                    hasNames = true;
                    break;
                case UriHostNameType.Dns:
                    bearer.AddDnsName(name);
                    hasNames = true;
                    break;
            }
        }

        if (hasNames)
        {
            request.CertificateExtensions.Add(bearer.Build());
        }

        return Usable(request.CreateSelfSigned(now.AddMinutes(-5), end));
    }

    /// <summary>The same certificate in a form that TLS of this system takes. It replaces the one that is passed in.</summary>
    public static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // Schannel does not take a key that exists in memory only.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(
                certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }
    }
}
