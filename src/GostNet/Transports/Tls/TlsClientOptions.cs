using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace GostNet;

/// <summary>How a TLS server is checked before anything is told to it. By default its certificate must lead to an authority that this
/// machine trusts, be valid now, and bear the server's name.</summary>
/// <remarks>No certificate is fetched and no revocation list asked for: that would be traffic past the chain.</remarks>
public sealed record TlsClientOptions
{
    /// <summary>Whether the server's certificate is checked.</summary>
    /// <value><see langword="true"/> by default. <see langword="false"/> takes any, and so whoever stands in between; <see cref="Pins"/>
    /// are checked all the same.</value>
    public bool Verify { get; set; } = true;

    /// <summary>The name, or IP address, that the certificate must bear as a subject alternative name.</summary>
    /// <value><see langword="null"/> by default: the host of the server's address.</value>
    public string? ServerName { get; set; }

    /// <summary>The public keys that the server may have, each as the SHA-256 of its SubjectPublicKeyInfo (RFC 7469, section 2.4):
    /// <c>sha256:</c> and 64 hexadecimal digits or the Base64 form. A server with one of them is accepted whatever else its certificate
    /// says, and no other is: that is how to trust a certificate that a server made for itself.</summary>
    /// <value>Empty by default. The error about a certificate that was not accepted tells the pin of its key.</value>
    public ImmutableArray<string> Pins { get; set; } = [];

    /// <summary>The authorities to trust in place of those of this machine.</summary>
    /// <value>Empty by default: those of this machine.</value>
    public ImmutableArray<X509Certificate2> CertificateAuthorities { get; set; } = [];
}
