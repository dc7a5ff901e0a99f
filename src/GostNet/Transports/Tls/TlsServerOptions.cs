using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GostNet;

/// <summary>What a TLS server shows of itself, and what it wants of its clients. Without a certificate it makes one whose key lives as
/// long as the process.</summary>
public sealed record TlsServerOptions
{
    /// <summary>The certificate, with its private key.</summary>
    /// <value><see langword="null"/> by default.</value>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The certificates between <see cref="Certificate"/> and its authority; they are sent with it.</summary>
    /// <value>Empty by default.</value>
    public ImmutableArray<X509Certificate2> Intermediates { get; set; } = [];

    /// <summary>A PEM file with the certificate first and then, as far as there are any, those between it and its authority. When it or
    /// <see cref="KeyFile"/> changes while the server runs, new connections get what it has then; a change that cannot be used is logged
    /// and leaves the certificate as it is.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the private key of the certificate in <see cref="CertificateFile"/>, which may be the same file: PKCS#8,
    /// PKCS#1 or SEC1, without a password.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? KeyFile { get; set; }

    /// <summary>The file in which a certificate that the server makes for itself is kept with its key, for its owner to read only, so that
    /// clients can pin the key for good. It is made if it is missing. The certificate is valid for a year and is replaced in time, with
    /// the same key.</summary>
    /// <value><see langword="null"/> by default: a certificate that the server makes for itself has another key after each start.</value>
    public string? SelfSignedFile { get; set; }

    /// <summary>The authorities whose clients are let in: each client must show a certificate that one of them signed for client
    /// authentication.</summary>
    /// <value>Empty by default: clients need no certificate.</value>
    public ImmutableArray<X509Certificate2> ClientAuthorities { get; set; } = [];

    /// <summary>Asked last, about a client that <see cref="ClientAuthorities"/> accept; without those it is asked about every client, with
    /// no certificate if the client shows none. The client is let in only if it returns <see langword="true"/>. It is called during the
    /// handshake and must not block.</summary>
    /// <value><see langword="null"/> by default.</value>
    public RemoteCertificateValidationCallback? RemoteCertificateValidationCallback { get; set; }
}
