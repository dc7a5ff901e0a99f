using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using GostNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace GostNet.Transports.Tls;

/// <summary>The server side of TLS 1.2 and 1.3 over any connection. It answers to any name.</summary>
internal sealed class TlsServer : IConnectionLayer
{
    private readonly Func<TlsIdentity> _identity;
    private readonly ImmutableArray<X509Certificate2> _clientAuthorities;
    private readonly RemoteCertificateValidationCallback? _callback;
    private readonly SslApplicationProtocol[] _protocols;
    private readonly TimeProvider _time;

    /// <summary>Makes the server side.</summary>
    /// <param name="options">Its certificate, and what it wants of clients. Relative paths are those of the working directory.</param>
    /// <param name="names">The names and addresses that a certificate bears which the server makes for itself
    /// (<see cref="SelfSignedCertificate.NamesOf"/>).</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of certificates that are made or change.</param>
    /// <param name="protocols">The protocols that are chosen from (RFC 7301), where the client offers any. Only for HTTP/2: other servers
    /// choose none, as GOST's (transports, section 3).</param>
    /// <exception cref="ArgumentException">The options contradict one another, or a file cannot be used; the message says what to write.
    /// </exception>
    public TlsServer(
        TlsServerOptions options,
        IReadOnlyCollection<string> names,
        TimeProvider time,
        ILogger logger,
        params ReadOnlySpan<SslApplicationProtocol> protocols)
    {
        _identity = Choose(options, names, time, logger);
        _clientAuthorities = options.ClientAuthorities;
        _callback = options.RemoteCertificateValidationCallback;
        _protocols = protocols.ToArray();
        _time = time;
    }

    /// <summary>The certificate that the next client gets.</summary>
    public X509Certificate2 Certificate => _identity().Certificate;

    /// <inheritdoc/>
    /// <exception cref="ForwardException"><see cref="ForwardError.CertificateRejected"/>, <see cref="ForwardError.TlsFailed"/> or
    /// <see cref="ForwardError.ConnectionClosed"/>.</exception>
    public ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken)
    {
        string? rejection = null;
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _identity().Context,
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
            ApplicationProtocols = _protocols.Length == 0 ? null : [.. _protocols],
        };
        if (!_clientAuthorities.IsEmpty || _callback is not null)
        {
            handshake.ClientCertificateRequired = true;
            handshake.CertificateChainPolicy = PeerChain.CreatePolicy(_clientAuthorities, _time);
            handshake.RemoteCertificateValidationCallback = (stream, certificate, chain, errors) =>
                (rejection = FindFault(stream, certificate, chain, errors)) is null;
        }

        return TlsHandshake.RunAsync(
            carrier, stream => stream.HandshakeAsync(handshake, cancellationToken), "client", () => rejection, _time);
    }

    private static Func<TlsIdentity> Choose(
        TlsServerOptions options, IReadOnlyCollection<string> names, TimeProvider time, ILogger logger)
    {
        switch (options)
        {
            case { CertificateFile: not null, KeyFile: null } or { CertificateFile: null, KeyFile: not null }:
                string given = options.KeyFile is null ? nameof(options.CertificateFile) : nameof(options.KeyFile);
                throw new ArgumentException(
                    $"{given} '{options.CertificateFile ?? options.KeyFile}' stands alone; write CertificateFile and KeyFile, "
                    + "which may be the same file");
            case { Certificate: null, Intermediates.IsEmpty: false }:
                throw new ArgumentException("Intermediates are set without Certificate; write both, or CertificateFile and KeyFile");
            case { Certificate: not null, CertificateFile: not null }
                or { Certificate: not null, SelfSignedFile: not null } or { CertificateFile: not null, SelfSignedFile: not null }:
                throw new ArgumentException("a server has one certificate; write one of Certificate, CertificateFile and SelfSignedFile");
            case { Certificate: { } certificate }:
                var fixedIdentity = new TlsIdentity(certificate, options.Intermediates);
                return () => fixedIdentity;
            case { CertificateFile: { } file, KeyFile: { } key }:
                return new CertificateFiles(file, key, time, logger).Current;
            case { SelfSignedFile: { } file }:
                return new SelfSignedFile(file, names, time, logger).Current;
            default:
                var madeHere = new TlsIdentity(SelfSignedCertificate.CreateForThisProcess(names), []);
                logger.CertificateMade(madeHere.Pin);
                return () => madeHere;
        }
    }

    /// <summary>What speaks against the client, or <see langword="null"/>.</summary>
    private string? FindFault(object stream, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        (_clientAuthorities.IsEmpty ? null
            : certificate is null ? "there is none"
            : PeerChain.FindFault(chain, errors))
        ?? (_callback is null ? null : PeerChain.Ask(_callback, stream, certificate, chain, errors));
}
