using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>What one side shows of itself: a certificate, and those between it and its authority.</summary>
internal sealed class TlsIdentity
{
    /// <summary>Makes an identity. It builds the chain that is sent, once, out of what is at hand.</summary>
    /// <param name="certificate">The certificate, with its private key.</param>
    /// <param name="intermediates">Those between it and its authority, in any order.</param>
    /// <exception cref="ArgumentException">There is no key, or none that can be used.</exception>
    public TlsIdentity(X509Certificate2 certificate, IEnumerable<X509Certificate2> intermediates)
    {
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException(
                $"the certificate of '{certificate.Subject}' has no private key; write one that has, as from X509Certificate2.CreateFromPem");
        }

        try
        {
            Context = SslStreamCertificateContext.Create(certificate, [.. intermediates], offline: true);
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException)
        {
            throw new ArgumentException($"the certificate of '{certificate.Subject}' cannot be used: {e.Message}", e);
        }
    }

    public SslStreamCertificateContext Context { get; }

    public X509Certificate2 Certificate => Context.TargetCertificate;

    /// <summary>The pin of its key.</summary>
    public string Pin => PublicKeyPin.Of(Certificate);
}
