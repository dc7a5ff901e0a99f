using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GostNet;

/// <summary>How a TLS server is checked before anything is told to it, and what it is shown of the client. By default the server's
/// certificate must lead to an authority that this machine trusts, be valid now, and bear the server's name.</summary>
/// <remarks>No certificate is fetched and no revocation list asked for: that would be traffic past the chain.</remarks>
public sealed record TlsClientOptions
{
    /// <summary>Whether the server's certificate is checked.</summary>
    /// <value><see langword="true"/> by default. <see langword="false"/> takes any, and so whoever stands in between; <see cref="Pins"/>
    /// and <see cref="RemoteCertificateValidationCallback"/> count all the same.</value>
    public bool Verify { get; set; } = true;

    /// <summary>Whether the certificate has to bear the server's name. Without it, whoever has any certificate of the authorities may
    /// stand in between: it is only for authorities of your own that sign for nobody else.</summary>
    /// <value><see langword="true"/> by default. <see langword="false"/> is what GOST means by <c>ca</c> without <c>secure</c>: everything
    /// else is still checked. Where <see cref="Verify"/> is off it means nothing.</value>
    public bool CheckName { get; set; } = true;

    /// <summary>The name, or IP address, that the certificate must bear as a subject alternative name. A name is also told to the server
    /// (RFC 6066, section 3).</summary>
    /// <value><see langword="null"/> by default: the host of the server's address, or <c>localhost</c> if that has none.</value>
    public string? ServerName { get; set; }

    /// <summary>The public keys that the server may have, each as the SHA-256 of its SubjectPublicKeyInfo (RFC 7469, section 2.4):
    /// <c>sha256:</c> and 64 hexadecimal digits or the Base64 form. A server with one of them is accepted whatever else its certificate
    /// says, and no other is: that is how to trust a certificate that a server made for itself.</summary>
    /// <value>Empty by default. The error about a certificate that was not accepted tells the pin of its key.</value>
    public ImmutableArray<string> Pins { get; set; } = [];

    /// <summary>The authorities to trust in place of those of this machine.</summary>
    /// <value>Empty by default: those of this machine.</value>
    public ImmutableArray<X509Certificate2> CertificateAuthorities { get; set; } = [];

    /// <summary>The certificate, with its private key, that a server is shown if it asks for one.</summary>
    /// <value><see langword="null"/> by default: none.</value>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>The certificates between <see cref="ClientCertificate"/> and its authority; they are sent with it.</summary>
    /// <value>Empty by default.</value>
    public ImmutableArray<X509Certificate2> ClientIntermediates { get; set; } = [];

    /// <summary>Asked last, about a server that all the rest accepts, and told what the usual checks find even where <see cref="Verify"/>,
    /// <see cref="CheckName"/> or <see cref="Pins"/> left them out. The server is accepted only if it returns <see langword="true"/>. It
    /// is called during the handshake and must not block.</summary>
    /// <value><see langword="null"/> by default.</value>
    public RemoteCertificateValidationCallback? RemoteCertificateValidationCallback { get; set; }
}
