using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace GostNet.Transports.Tls;

/// <summary>The server side of TLS 1.2 and 1.3 over any connection. It asks for no client certificate and answers to any name.</summary>
internal sealed class TlsServer : IConnectionLayer
{
    private readonly SslServerAuthenticationOptions _handshake;
    private readonly TimeProvider _time;

    /// <summary>Makes the server side.</summary>
    /// <param name="certificate">A certificate with its private key; <see langword="null"/>: the one that this process made for
    /// itself.</param>
    /// <param name="intermediates">The certificates between it and its authority.</param>
    /// <param name="time">The clock.</param>
    public TlsServer(X509Certificate2? certificate, X509Certificate2Collection? intermediates, TimeProvider time)
    {
        Certificate = certificate ?? SelfSignedCertificate.OfThisProcess;
        _time = time;

        // Made once: it builds the chain that is sent.
        _handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Certificate, intermediates, offline: true),
            EnabledSslProtocols = TlsHandshake.Versions,
            AllowRenegotiation = false,
        };
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Puts TLS over a connection, which stays the caller's until this succeeds.</summary>
    /// <exception cref="ForwardException"><see cref="ForwardError.TlsFailed"/> or <see cref="ForwardError.ConnectionClosed"/>.</exception>
    public ValueTask<IConnection> StartAsync(IConnection carrier, CancellationToken cancellationToken) =>
        TlsHandshake.RunAsync(carrier, stream => stream.HandshakeAsync(_handshake, cancellationToken), "client", static () => null, _time);
}
